#!/bin/sh
# Runs the workflow of docs/workflow-example.md from end to end: it starts a hub and its workers, kills one of them, raises the budget and gives the approval.
# usage: run.sh FOLDER REPORT    Needs waggle (or its command in $WAGGLE) and Python 3. Changes nothing but REPORT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
texts=$(cd "$1" && pwd)
report=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
work=$(mktemp -d)
waggle=${WAGGLE:-waggle}
# A command of waggle, again while a busy machine lets it miss the hub.
hub() {
  missed=0
  until $waggle "$@" 2>"$work/errors"; do
    grep -q 'no hub answers' "$work/errors" && [ "$missed" -lt 10 ] || { cat "$work/errors" >&2; return 1; }
    missed=$((missed + 1))
  done
}
say() { printf '\n== %s\n' "$*"; }

started=
start() { # NAME ARGUMENTS...
  name=$1
  shift
  $waggle "$@" >"$work/$name.log" 2>&1 &
  started="$started $!"
  eval "pid_$name=$!"
}
finish() {
  for pid in $started; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

until_true() { # WHAT COMMAND...
  what=$1
  shift
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 1500 ]; then echo "Gave up waiting: $what" >&2; cat "$work"/*.log >&2; exit 1; fi
    sleep 0.2
  done
}
# Starts a worker, again while a busy machine lets it miss its hub, and returns when it is connected.
start_worker() { # NAME ARGUMENTS...
  until grep -q connected "$work/$1.log" 2>/dev/null; do
    eval "pid=\${pid_$1:-}"
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || start "$@"
    sleep 0.2
  done
}
field() { python3 -c 'import json, sys; value = json.load(sys.stdin)
for name in sys.argv[1:]: value = value[int(name)] if isinstance(value, list) else value[name]
print(value)' "$@"; }

say 'a hub, a clerk, two counters, a checker'
start hub serve --port 0 --no-compat-ports --data "$work/data"
until_true 'the hub is ready' grep -q '^ready ' "$work/hub.log"
WAGGLE_URL=$(sed -n 's/^ready //p' "$work/hub.log")
export WAGGLE_URL
start_worker clerk worker --name clerk --type find --type merge --type approve --type publish --result last-json --exec "python3 '$here/clerk.py'"
start_worker counter1 worker --name counter-1 --type count --exec "'$here/count.sh'"
start_worker counter2 worker --name counter-2 --type count --exec "'$here/count.sh'"
start_worker checker worker --name checker --type check --slots 2 --exec "python3 '$here/check.py'"

say 'a budget of 2,000 tokens, too small on purpose'
hub budget set reading --swarm default --tokens 2000

say 'the run'
hub workflow define "$here/report.yaml"
run=$(hub workflow run report --input "{\"folder\": \"$texts\", \"report\": \"$report\"}" --json | field id)

spent() { [ "$(hub budget show reading --json | field state)" = spent ]; }
until_true 'the budget is spent' spent
say 'the budget is spent'
hub workflow show "$run"

say 'the budget is raised'
hub budget set reading --swarm default --tokens 10000000

# A process that is stopped takes a file and cannot end it. If it has none, it goes on, and the next moment is tried.
holds() {
  python3 -c 'import json, sys, urllib.request
sys.exit(not json.load(urllib.request.urlopen(sys.argv[1] + "/api/v1/agents/counter-1"))["holding"])' "$WAGGLE_URL"
}
caught() {
  kill -STOP "$pid_counter1"
  holds && return 0
  kill -CONT "$pid_counter1"
  return 1
}
until_true 'counter-1 holds a file' caught
say 'counter-1 is killed with kill -9 while it holds a file'
kill -KILL "$pid_counter1"

asked() { hub question list --json | field questions 0 id; }
until_true 'the approval is asked for' asked
say 'the approval, from another process'
hub question list
hub question answer "$(asked)" yes

hub workflow show "$run" --follow
say 'the steps'
hub workflow show "$run"
say 'the usage'
hub cost --by swarm --by model
say "$report"
cat "$report"
