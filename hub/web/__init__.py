"""The page: the home in a browser, served over HTTP and one WebSocket; to the rest of the hub it speaks MQTT."""
