"""The hub's integration tests, which pass on Mosquitto and on the embedded broker, on a cluster of three nodes."""

from butler.test_service import (  # noqa: F401
    test_an_utterance_becomes_an_intent_a_reply_and_an_answer,
    test_bare_text_acts_and_is_not_spoken,
    test_the_next_utterance_works_after_the_broker_was_away,
)
from tests.devices.test_bridge import test_everything_is_back_after_the_broker_was_away  # noqa: F401
from test_bus import (  # noqa: F401
    test_a_connection_ends_though_a_cancellation_is_lost,
    test_a_failing_handler_hurts_nobody_else,
    test_a_forgotten_message_is_gone_from_the_broker,
    test_a_retained_command_is_dropped_with_a_warning,
    test_commands_published_while_the_broker_is_away_arrive_once,
    test_retained_messages_are_back_after_the_broker_lost_its_memory,
    test_the_will_says_offline_when_a_service_dies,
    test_what_was_forgotten_is_not_cleared_again_when_the_broker_is_back,
)
from test_end_to_end import (  # noqa: F401
    hub,
    test_a_sentence_changes_a_device,
    test_nothing_crashes_on_what_strangers_send,
    test_the_broker_goes_away_and_comes_back,
    test_unknown_intents_and_devices_are_answered,
    test_what_cannot_be_done_is_answered_and_changes_nothing,
)
