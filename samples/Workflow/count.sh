#!/bin/sh
# Counts the words of the file that the task names. They are also the tokens that it used, which count against the budget.
set -eu
words=$(awk '{ n += NF } END { print n + 0 }' "$WAGGLE_TASK_PROMPT")
printf '{"usage": {"model": "awk", "input_tokens": %d}}\n' "$words"
printf '{"words": %d}\n' "$words"
