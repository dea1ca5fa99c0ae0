"""Tables: what LG's ThinQ properties mean to us, one table for each type of appliance.

Supporting another type means another table; what its rows can say is in devices/thinq/rows.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from devices.thinq.rows import ApplianceType
from devices.thinq.types import air, cleaning, heat, kitchen, laundry, plants

TYPES: Mapping[str, ApplianceType] = {
    "DEVICE_AIR_CONDITIONER": air.AIR_CONDITIONER,
    "DEVICE_AIR_PURIFIER": air.AIR_PURIFIER,
    "DEVICE_AIR_PURIFIER_FAN": air.AIR_PURIFIER_FAN,
    "DEVICE_CEILING_FAN": air.CEILING_FAN,
    "DEVICE_COOKTOP": kitchen.COOKTOP,
    "DEVICE_DEHUMIDIFIER": air.DEHUMIDIFIER,
    "DEVICE_DISH_WASHER": laundry.DISH_WASHER,
    "DEVICE_DRYER": laundry.DRYER,
    "DEVICE_HOME_BREW": kitchen.HOME_BREW,
    "DEVICE_HOOD": kitchen.HOOD,
    "DEVICE_HUMIDIFIER": air.HUMIDIFIER,
    "DEVICE_KIMCHI_REFRIGERATOR": kitchen.KIMCHI_REFRIGERATOR,
    "DEVICE_MICROWAVE_OVEN": kitchen.MICROWAVE_OVEN,
    "DEVICE_OVEN": kitchen.OVEN,
    "DEVICE_PLANT_CULTIVATOR": plants.PLANT_CULTIVATOR,
    "DEVICE_REFRIGERATOR": kitchen.REFRIGERATOR,
    "DEVICE_ROBOT_CLEANER": cleaning.ROBOT_CLEANER,
    "DEVICE_STICK_CLEANER": cleaning.STICK_CLEANER,
    "DEVICE_STYLER": laundry.STYLER,
    "DEVICE_SYSTEM_BOILER": heat.SYSTEM_BOILER,
    "DEVICE_VENTILATOR": air.VENTILATOR,
    "DEVICE_WASHCOMBO_MAIN": laundry.WASHCOMBO,
    "DEVICE_WASHCOMBO_MINI": laundry.WASHCOMBO,
    "DEVICE_WASHER": laundry.WASHER,
    "DEVICE_WASHTOWER": laundry.WASHTOWER,
    "DEVICE_WASHTOWER_DRYER": laundry.DRYER,
    "DEVICE_WASHTOWER_WASHER": laundry.WASHER,
    "DEVICE_WATER_HEATER": heat.WATER_HEATER,
    "DEVICE_WATER_PURIFIER": kitchen.WATER_PURIFIER,
    "DEVICE_WINE_CELLAR": kitchen.WINE_CELLAR,
}
"""LG's `deviceType` to what we know of it: all 30 of the SDK."""
