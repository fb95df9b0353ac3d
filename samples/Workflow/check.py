"""Counts again what another agent counted. The task on standard input has the input and the claimed result of the checked task."""

import json
import pathlib
import sys

checked = json.load(sys.stdin)['input']
words = len(pathlib.Path(checked['input']).read_bytes().split())
claimed = checked['result']['words']
print(json.dumps({'passed': True} if claimed == words else {'passed': False, 'reason': f'it has {words} words and not {claimed}'}))
