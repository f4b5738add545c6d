"""What the lessons call, each in one line: predict first, exit questions, checks of what the learner wrote."""

from rnnedu.lessons.bits_checks import check_bits_per_word
from rnnedu.lessons.bptt_checks import check_bptt
from rnnedu.lessons.bugs import BUGS, bug_clues, bug_deltas, bug_report
from rnnedu.lessons.check import Check, check
from rnnedu.lessons.checks import Verdict
from rnnedu.lessons.clip_checks import check_clip_by_norm
from rnnedu.lessons.collapse_checks import check_collapse
from rnnedu.lessons.ctc_forward_checks import check_ctc_forward
from rnnedu.lessons.exercises import EXERCISES, Exercise
from rnnedu.lessons.gradient_checks import check_gradient_check
from rnnedu.lessons.gru_checks import check_gru_step
from rnnedu.lessons.jacobian_checks import check_rnn_jacobian
from rnnedu.lessons.lanes_checks import check_cut_into_lanes
from rnnedu.lessons.leakage_checks import check_training_windows
from rnnedu.lessons.lstm_checks import check_lstm_step, check_lstm_step_back
from rnnedu.lessons.memory_checks import check_bias_for_memory
from rnnedu.lessons.onnx_checks import check_lstm_for_onnx
from rnnedu.lessons.peers import with_peers
from rnnedu.lessons.prediction import Prediction
from rnnedu.lessons.quiz import Option, Quiz
from rnnedu.lessons.rnn_back_checks import check_rnn_step_back
from rnnedu.lessons.setting import full_or_short
from rnnedu.lessons.step_checks import check_rnn_step
from rnnedu.lessons.temperature_checks import check_softmax_with_temperature
from rnnedu.lessons.unroll_checks import check_unroll

__all__ = [
    "BUGS",
    "EXERCISES",
    "Check",
    "Exercise",
    "Option",
    "Prediction",
    "Quiz",
    "Verdict",
    "bug_clues",
    "bug_deltas",
    "bug_report",
    "check",
    "check_bias_for_memory",
    "check_bits_per_word",
    "check_bptt",
    "check_clip_by_norm",
    "check_collapse",
    "check_ctc_forward",
    "check_cut_into_lanes",
    "check_gradient_check",
    "check_gru_step",
    "check_lstm_for_onnx",
    "check_lstm_step",
    "check_lstm_step_back",
    "check_rnn_jacobian",
    "check_rnn_step",
    "check_rnn_step_back",
    "check_softmax_with_temperature",
    "check_training_windows",
    "check_unroll",
    "full_or_short",
    "with_peers",
]
