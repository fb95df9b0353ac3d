using CsCheck;
using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Any = CsCheck.Gen;

namespace Waggle.Core.Tests.Workflows;

/// <summary>
/// Random workflows, whose tasks end in a random order with restarts in between, against an interpreter that looks at the whole workflow for every answer.
/// </summary>
public sealed class WorkflowPropertyTests
{
    private static readonly CsCheck.Gen<Flow> Flows =
        from steps in Any.Int[1, 9].SelectMany(n => Any.Select(StepAt(0), StepAt(1), StepAt(2), StepAt(3), StepAt(4), StepAt(5), StepAt(6), StepAt(7)).Select(
            (a, b, c, d, e, f, g, h) => new[] { a, b, c, d, e, f, g, h }.Take(n).ToArray()))
        from rule in Any.Enum<OnFailure>()
        select new Flow(steps, rule);

    [Fact]
    public void Every_run_ends_as_the_interpreter_says_and_no_step_begins_early_or_ends_twice() =>
        Any.Select(Flows, Any.Int[0, int.MaxValue - 1]).Sample((flow, seed) => new Play(flow, seed).Run(), iter: Steps.Times(300));

    private static CsCheck.Gen<Step> StepAt(int index) =>
        from before in Any.Bool.Array[index]
        from rule in Any.Enum<StepJoin>()
        from least in Any.Int[1, 3]
        from fails in Any.Frequency((4, Any.Const(false)), (1, Any.Const(true)))
        from when in Any.Frequency((3, Any.Const(0)), (1, Any.Const(1)), (1, Any.Const(2)))
        from items in Any.Frequency((4, Any.Const(-1)), (1, Any.Int[0, 3]))
        from undo in Any.Bool
        select new Step(index, [.. Enumerable.Range(0, index).Where(i => before[i])], rule, least, fails, when, items, undo);

    /// <param name="When">0: no condition; 1: one that is true; 2: one that is false.</param>
    /// <param name="Items">The items of its map; -1 for none.</param>
    private sealed record Step(int Index, int[] Before, StepJoin Join, int Least, bool Fails, int When, int Items, bool Undo)
    {
        public string Id => $"s{Index}";

        public int AtLeast => Math.Min(Least, Math.Max(1, Before.Length));

        // A step without steps before it has nothing to join.
        public StepJoin Rule => Before.Length == 0 ? StepJoin.All : Join;

        public string Json()
        {
            var parts = new List<string> { $"\"id\":\"{Id}\"", $$"""
                "task":{"title":"{{Id}}"}
                """ };
            if (Before.Length > 0) parts.Add($"\"depends_on\":[{string.Join(',', Before.Select(b => $"\"s{b}\""))}]");
            if (Rule == StepJoin.NOfM) parts.Add($"\"at_least\":{AtLeast}");
            else if (Rule != StepJoin.All) parts.Add($"\"join\":\"{SnakeCase.Of(Rule)}\"");
            if (When > 0) parts.Add($"\"when\":\"input.yes == {(When == 1 ? "true" : "false")}\"");
            if (Items >= 0) parts.Add($$"""
                "map":{"over":"input.lists[{{Items}}]"}
                """);
            if (Undo) parts.Add($$"""
                "compensate":{"title":"undo {{Id}}"}
                """);
            return $"{{{string.Join(',', parts)}}}";
        }
    }

    private sealed record Flow(Step[] Parts, OnFailure Rule)
    {
        public override string ToString() => Json();

        public string Json() => $$"""{"id":"w","on_failure":"{{SnakeCase.Of(Rule)}}","steps":[{{string.Join(',', Parts.Select(s => s.Json()))}}]}""";
    }

    /// <summary>The interpreter: the state of each step as far as the ends of the tasks so far decide it.</summary>
    private sealed class Model(Flow flow)
    {
        private readonly Dictionary<string, bool> _ended = new(StringComparer.Ordinal);
        private bool _stopped;

        public void End(string title, bool completed)
        {
            _ended[title] = completed;
            if (flow.Rule != OnFailure.Continue && flow.Parts.Any(s => StateOf(s) == WorkflowStepState.Failed)) _stopped = true;
        }

        public bool Stopped => _stopped;

        public bool AnyFailed => flow.Parts.Any(s => StateOf(s) == WorkflowStepState.Failed);

        /// <summary>The state of a step; null while it waits.</summary>
        public WorkflowStepState? StateOf(Step step)
        {
            var states = step.Before.Select(b => StateOf(flow.Parts[b])).ToArray();
            if (Starts(step, states) is not { } starts) return null;
            if (!starts || step.When == 2) return WorkflowStepState.Skipped;
            var ends = Titles(step).Select(t => _ended.TryGetValue(t, out var completed) ? completed : (bool?)null).ToArray();
            return ends.Any(e => e is null) ? WorkflowStepState.Running : ends.All(e => e == true) ? WorkflowStepState.Completed : WorkflowStepState.Failed;
        }

        public static IEnumerable<string> Titles(Step step) => step.Items < 0 ? [step.Id] : Enumerable.Range(0, step.Items).Select(i => $"{step.Id} [{i}]");

        private static bool? Starts(Step step, WorkflowStepState?[] states)
        {
            bool IsOpen(WorkflowStepState? s) => s is null or WorkflowStepState.Running;
            var open = states.Count(IsOpen);
            var completed = states.Count(s => s == WorkflowStepState.Completed);
            var least = step.Rule switch { StepJoin.Any => 1, StepJoin.NOfM => step.AtLeast, _ => states.Length };
            if (step.Rule == StepJoin.AllDone) return open > 0 ? null : true;
            return completed >= least ? true : completed + open < least ? false : null;
        }
    }

    private sealed class Play(Flow flow, int seed)
    {
        private readonly FlowHive _hive = new(new Random(seed));
        private readonly Random _dice = new(seed);
        private readonly Model _model = new(flow);

        public void Run()
        {
            _hive.Define(flow.Json());
            var run = _hive.Start("w", """{"yes":true,"lists":[[],[1],[1,2],[1,2,3]]}""").Id;
            for (var turns = 0; _hive.Run(run).EndedAt is null; turns++)
            {
                Assert.InRange(turns, 0, 200);
                if (!_model.Stopped) CheckRunning();
                if (_dice.Next(4) == 0) _hive.Restart();
                if (_hive.Working.Count > 0) EndOne();
            }

            CheckEnd(run);
        }

        private void EndOne()
        {
            var working = _hive.Working;
            var title = working[_dice.Next(working.Count)];
            if (_hive.Task(title).State == TaskState.Cancelling)
            {
                _hive.ConfirmCancelled(title);
                return;
            }

            var step = flow.Parts.FirstOrDefault(s => Model.Titles(s).Contains(title));
            var fails = step is { Fails: true };
            if (fails) _hive.Fail(title);
            else _hive.Complete(title, _dice.Next(100).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (step is not null) _model.End(title, !fails);
        }

        // The tasks that the worker has are those of the steps that the interpreter has running, without those that ended.
        private void CheckRunning()
        {
            foreach (var step in flow.Parts)
            {
                var titles = Model.Titles(step).Intersect(_hive.Working).Count();
                if (_model.StateOf(step) == WorkflowStepState.Running) Assert.True(titles > 0, $"{step.Id} should run. {flow.Json()}");
                else Assert.True(titles == 0, $"{step.Id} should be {_model.StateOf(step)} and runs. {flow.Json()}");
            }
        }

        private void CheckEnd(string run)
        {
            var ended = _hive.Run(run);
            Assert.Equal(_model.AnyFailed ? WorkflowRunState.Failed : WorkflowRunState.Completed, ended.State);
            Assert.Empty(_hive.Hive.State.Tasks);
            var records = _hive.Hive.All.OfType<WorkflowStepEnded>().ToArray();
            foreach (var one in records.CountBy(r => (r.Step, r.Compensation))) Assert.True(one.Value == 1, $"{one.Key} ended {one.Value} times. {flow.Json()}");
            Assert.Single(_hive.Hive.All.OfType<WorkflowEnded>());
            var states = records.Where(r => !r.Compensation).ToDictionary(r => r.Step, r => r.State);
            if (!_model.Stopped)
            {
                foreach (var step in flow.Parts) Assert.Equal(_model.StateOf(step), states[step.Id]);
                return;
            }

            var completed = records.Where(r => r is { Compensation: false, State: WorkflowStepState.Completed }).Select(r => r.Step).ToArray();
            var undone = records.Where(r => r.Compensation).Select(r => r.Step).ToArray();
            string[] wanted = flow.Rule == OnFailure.Compensate ? [.. completed.Reverse().Where(id => flow.Parts.Single(s => s.Id == id).Undo)] : [];
            Assert.True(wanted.SequenceEqual(undone), $"{string.Join(' ', wanted)} and not {string.Join(' ', undone)}: {string.Join('\n', _hive.Hive.All.OfType<RunRecord>())}");
        }
    }
}
