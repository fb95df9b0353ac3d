using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class WorkflowRunTests
{
    private readonly FlowHive _flow = new();

    [Fact]
    public void Steps_are_tasks_that_run_after_the_steps_before_them()
    {
        _flow.Define("""
            {"id":"build","output":{"made":{"$":"steps.pack.output"}},"steps":[
              {"id":"a","task":{"title":"A","input":{"$":"input.repo"}}},{"id":"b","task":{"title":"B"}},
              {"id":"pack","depends_on":["a","b"],"task":{"title":"Pack","input":{"a":{"$":"steps.a.output.file"},"n":[1,{"$":"steps.b.output"}]}}}]}
            """);
        var run = _flow.Start("build", """{"repo":"waggle"}""");

        Assert.Equal(["A", "B"], _flow.Working);
        Assert.Equal("\"waggle\"", _flow.InputOf("A"));
        _flow.Complete("A", """{"file":"a.tar"}""");
        Assert.Equal(["B"], _flow.Working);
        _flow.Complete("B", "7");
        Assert.Equal("""{"a":"a.tar","n":[1,7]}""", _flow.InputOf("Pack"));
        Assert.Equal("""{"a":null,"n":[1,null]}""", _flow.Task("Pack").Spec.Input.ToString());
        Assert.Equal(run.Id, _flow.Task("Pack").Spec.Parent);
        _flow.Complete("Pack", "\"done\"");

        var ended = _flow.Run(run.Id);
        Assert.Equal((WorkflowRunState.Completed, 3, 0), (ended.State, ended.EndedSteps, ended.FailedSteps));
        Assert.Equal("""{"made":"done"}""", _flow.OutputOf(run.Id));
    }

    [Fact]
    public void A_run_survives_a_restart_at_any_time()
    {
        _flow.Define("""
            {"id":"line","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","depends_on":["a"],"when":"steps.a.output == 1","task":{"title":"B"}},
              {"id":"c","depends_on":["b"],"task":{"title":"C"}}]}
            """);
        var run = _flow.Start("line").Id;
        _flow.Restart();
        _flow.Complete("A", "1");
        _flow.Restart();
        _flow.Complete("B");
        _flow.Restart();
        _flow.Complete("C");

        Assert.Equal(WorkflowRunState.Completed, _flow.StateOf(run));
        Assert.Equal(["a completed", "b completed", "c completed"], _flow.Steps(run));
    }

    [Fact]
    public void A_condition_that_is_false_skips_the_step_and_those_that_need_it()
    {
        _flow.Define("""
            {"id":"check","steps":[{"id":"a","task":{"title":"A"}},
              {"id":"fix","depends_on":["a"],"when":"steps.a.output.score < 0.5 and not input.dry","task":{"title":"Fix"}},
              {"id":"test","depends_on":["fix"],"task":{"title":"Test"}},
              {"id":"tell","depends_on":["fix"],"join":"all_done","task":{"title":"Tell","input":{"$":"steps.fix.state"}}}]}
            """);
        var run = _flow.Start("check", """{"dry":false}""").Id;
        _flow.Complete("A", """{"score":0.9}""");

        Assert.Equal(["Tell"], _flow.Working);
        Assert.Equal("\"skipped\"", _flow.InputOf("Tell"));
        _flow.Complete("Tell");
        Assert.Equal(["a completed", "fix skipped", "tell completed", "test skipped"], _flow.Steps(run));
        Assert.Equal(WorkflowRunState.Completed, _flow.StateOf(run));
    }

    [Fact]
    public void A_condition_over_a_value_of_another_type_fails_the_step_with_its_place()
    {
        _flow.Define("""{"id":"w","steps":[{"id":"a","when":"input.n > 3","task":{"title":"A"}}]}""");
        var run = _flow.Start("w", """{"n":"four"}""").Id;
        Assert.Equal(new WorkflowError("TYPE_ERROR", "steps[0].when: at character 9: '>' compares two numbers or two texts; input/n is a text and 3 is a number.", "a"), _flow.Run(run).Error);
    }

    [Theory]
    [InlineData("""{"join":"any"}""", "1", true)]
    [InlineData("""{"at_least":2}""", "1", false)]
    [InlineData("""{"at_least":2}""", "1,2", true)]
    [InlineData("""{"join":"all_done"}""", "1,2", false)]
    [InlineData("""{"join":"all_done"}""", "1,2,3", true)]
    [InlineData("{}", "1,2", false)]
    [InlineData("{}", "1,2,3", true)]
    public void The_join_rule_tells_how_many_steps_have_to_complete(string rule, string completed, bool starts)
    {
        _flow.Define($$$"""
            {"id":"j","steps":[{"id":"s1","task":{"title":"1"}},{"id":"s2","task":{"title":"2"}},{"id":"s3","task":{"title":"3"}},
              {"id":"last","depends_on":["s1","s2","s3"],"task":{"title":"last"}{{{(rule == "{}" ? "" : "," + rule[1..^1])}}}}]}
            """);
        _flow.Start("j");
        foreach (var title in completed.Split(',')) _flow.Complete(title);
        Assert.Equal(starts, _flow.Working.Contains("last"));
    }

    [Fact]
    public void A_map_runs_its_task_for_each_item_and_its_output_is_the_list_of_theirs()
    {
        _flow.Define("""
            {"id":"m","steps":[{"id":"list","task":{"title":"List"}},
              {"id":"each","depends_on":["list"],"map":{"over":"steps.list.output.files"},"task":{"title":"Each","input":{"file":{"$":"item.name"},"n":{"$":"index"}}}},
              {"id":"sum","depends_on":["each"],"task":{"title":"Sum","input":{"all":{"$":"steps.each.output"},"second":{"$":"steps.each.output[1].size"}}}}]}
            """);
        var run = _flow.Start("m").Id;
        _flow.Complete("List", """{"files":[{"name":"x"},{"name":"y"},{"name":"z"}]}""");
        Assert.Equal(["Each [0]", "Each [1]", "Each [2]"], _flow.Working);
        Assert.Equal("""{"file":"y","n":1}""", _flow.InputOf("Each [1]"));
        _flow.Complete("Each [2]", """{"size":3}""");
        _flow.Restart();
        _flow.Complete("Each [0]", """{"size":1}""");
        _flow.Complete("Each [1]", """{"size":2}""");
        Assert.Equal("""{"all":[{"size":1},{"size":2},{"size":3}],"second":2}""", _flow.InputOf("Sum"));
        _flow.Complete("Sum");
        Assert.Equal(WorkflowRunState.Completed, _flow.StateOf(run));
    }

    [Fact]
    public void A_map_over_an_empty_list_completes()
    {
        _flow.Define("""{"id":"m","steps":[{"id":"each","map":{"over":"input"},"task":{"title":"Each"}}]}""");
        Assert.Equal(WorkflowRunState.Completed, _flow.StateOf(_flow.Start("m", "[]").Id));
    }

    [Fact]
    public void A_failure_stops_the_run_and_cancels_what_runs()
    {
        _flow.Define("""{"id":"s","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","task":{"title":"B"}},{"id":"c","depends_on":["a"],"task":{"title":"C"}},{"id":"t","timer":{"delay_ms":60000}}]}""");
        var run = _flow.Start("s").Id;
        _flow.Fail("A");
        Assert.Equal(WorkflowRunState.Stopping, _flow.StateOf(run));
        _flow.ConfirmCancelled("B");

        Assert.Equal((WorkflowRunState.Failed, new WorkflowError("BOOM", "It broke.", "a")), (_flow.StateOf(run), _flow.Run(run).Error));
        Assert.Equal(["a failed", "b cancelled", "t cancelled"], _flow.Steps(run));
    }

    [Fact]
    public void A_run_that_continues_after_a_failure_does_what_it_can_and_fails_at_its_end()
    {
        _flow.Define("""
            {"id":"c","on_failure":"continue","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","task":{"title":"B"}},{"id":"after","depends_on":["a"],"task":{"title":"After"}},
              {"id":"any","depends_on":["a","b"],"join":"any","task":{"title":"Any"}}]}
            """);
        var run = _flow.Start("c").Id;
        _flow.Fail("A");
        _flow.Complete("B");
        _flow.Complete("Any");
        Assert.Equal(["a failed", "after skipped", "any completed", "b completed"], _flow.Steps(run));
        Assert.Equal(WorkflowRunState.Failed, _flow.StateOf(run));
    }

    [Fact]
    public void Compensations_undo_the_completed_steps_the_last_one_first()
    {
        _flow.Define("""
            {"id":"trip","on_failure":"compensate","steps":[
              {"id":"flight","task":{"title":"Flight"},"compensate":{"title":"Undo flight","input":{"$":"steps.flight.output.ticket"}}},
              {"id":"hotel","depends_on":["flight"],"task":{"title":"Hotel"},"compensate":{"title":"Undo hotel"}},
              {"id":"pay","depends_on":["hotel"],"task":{"title":"Pay"},"compensate":{"title":"Undo pay"}}]}
            """);
        var run = _flow.Start("trip").Id;
        _flow.Complete("Flight", """{"ticket":"T1"}""");
        _flow.Complete("Hotel");
        _flow.Fail("Pay");
        Assert.Equal((WorkflowRunState.Compensating, "Undo hotel"), (_flow.StateOf(run), _flow.Working.Single()));
        _flow.Restart();
        _flow.Complete("Undo hotel");
        Assert.Equal("\"T1\"", _flow.InputOf("Undo flight"));
        _flow.Complete("Undo flight");
        Assert.Equal((WorkflowRunState.Failed, true), (_flow.StateOf(run), _flow.Run(run).Compensated));
        Assert.Equal(ErrorCodes.InvalidState, _flow.Hive.Refused(new RetryRun(run) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_retry_keeps_what_completed_and_runs_the_rest()
    {
        _flow.Define("""
            {"id":"r","steps":[{"id":"a","task":{"title":"A"}},{"id":"each","depends_on":["a"],"map":{"over":"steps.a.output"},"task":{"title":"Each"}},
              {"id":"z","depends_on":["each"],"task":{"title":"Z","input":{"$":"steps.each.output"}}}]}
            """);
        var run = _flow.Start("r").Id;
        _flow.Complete("A", "[1,2]");
        _flow.Complete("Each [0]", "\"first\"");
        _flow.Fail("Each [1]");
        Assert.Equal((WorkflowRunState.Failed, "ITEMS_FAILED"), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
        _flow.Restart();
        var retried = _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Settle();
        Assert.Equal((1, WorkflowRunState.Running), (retried.Retries, retried.State));
        Assert.Equal(["Each [1]"], _flow.Working);
        _flow.Complete("Each [1]", "\"second\"");
        Assert.Equal("""["first","second"]""", _flow.InputOf("Z"));
        _flow.Complete("Z");
        Assert.Equal((WorkflowRunState.Completed, 3), (_flow.StateOf(run), _flow.Run(run).EndedSteps));
    }

    [Fact]
    public void Runs_with_one_key_are_refused_queued_or_replaced()
    {
        _flow.Define("""{"id":"k","steps":[{"id":"a","task":{"title":"A"}}]}""");
        var first = _flow.Start("k", key: "ann").Id;
        Assert.Equal(ErrorCodes.RunActive, _flow.Hive.Refused(new StartRun(new() { Workflow = "k", Key = "ann" }) { By = TestHive.User }).Code);
        var queued = _flow.Start("k", key: "ann", onConflict: RunConflict.Enqueue).Id;
        Assert.Equal(WorkflowRunState.Queued, _flow.StateOf(queued));
        _flow.Restart();
        _flow.Complete("A");
        Assert.Equal((WorkflowRunState.Completed, WorkflowRunState.Running), (_flow.StateOf(first), _flow.StateOf(queued)));
        var third = _flow.Start("k", key: "ann", onConflict: RunConflict.Replace).Id;
        Assert.Equal((WorkflowRunState.Cancelling, WorkflowRunState.Queued), (_flow.StateOf(queued), _flow.StateOf(third)));
        _flow.ConfirmCancelled("A");
        Assert.Equal((WorkflowRunState.Cancelled, WorkflowRunState.Running), (_flow.StateOf(queued), _flow.StateOf(third)));
    }

    [Fact]
    public void A_signal_ends_its_step_and_one_that_comes_early_is_kept()
    {
        _flow.Define("""
            {"id":"sig","steps":[{"id":"a","task":{"title":"A"}},{"id":"ok","depends_on":["a"],"signal":{"name":"approve"}},
              {"id":"late","signal":{"name":"late","timeout_ms":1000},"on_failure":"continue"},
              {"id":"z","depends_on":["ok"],"when":"steps.ok.output.yes","task":{"title":"Z"}}]}
            """);
        var run = _flow.Start("sig").Id;
        Assert.Equal(ErrorCodes.NotFound, _flow.Hive.Refused(new SignalRun(run, "other") { By = TestHive.User }).Code);
        _flow.Hive.Ok(new SignalRun(run, "approve", RawJson.Parse("""{"yes":true}""")) { By = TestHive.User });
        Assert.True(_flow.Hive.Ok(new SignalRun(run, "approve", RawJson.Parse("""{"yes":true}""")) { By = TestHive.User }).Duplicate);
        Assert.Equal(ErrorCodes.InvalidState, _flow.Hive.Refused(new SignalRun(run, "approve") { By = TestHive.User }).Code);
        _flow.Restart();
        _flow.Complete("A");
        Assert.Equal(["Z"], _flow.Working);
        _flow.Hive.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("late failed", _flow.Steps(run));
        _flow.Complete("Z");
        Assert.Equal((WorkflowRunState.Failed, "SIGNAL_TIMEOUT"), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
    }

    [Fact]
    public void A_timer_waits_over_a_restart()
    {
        _flow.Define("""{"id":"t","steps":[{"id":"wait","timer":{"delay_ms":5000}},{"id":"a","depends_on":["wait"],"task":{"title":"A"}}]}""");
        _flow.Start("t");
        _flow.Restart();
        _flow.Hive.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(_flow.Working);
        _flow.Hive.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("A", _flow.Hive.State.Tasks.Single().Spec.Title);
    }

    [Fact]
    public void A_step_may_be_a_run_of_another_workflow_whose_version_it_keeps()
    {
        _flow.Define("""{"id":"sub","output":{"twice":{"$":"steps.a.output"}},"steps":[{"id":"a","task":{"title":"Sub","input":{"$":"input.x"}}}]}""");
        _flow.Define("""
            {"id":"top","output":{"$":"steps.call.output.twice"},"steps":[{"id":"first","task":{"title":"First"}},
              {"id":"call","depends_on":["first"],"workflow":{"id":"sub","input":{"x":{"$":"steps.first.output.v"}}}},
              {"id":"last","depends_on":["call"],"task":{"title":"Last","input":{"$":"steps.call.output.twice"}}}]}
            """);
        _flow.Define("""{"id":"sub","steps":[{"id":"a","task":{"title":"Another"}}]}""");
        var run = _flow.Start("top").Id;
        _flow.Complete("First", """{"v":21}""");
        _flow.Restart();
        Assert.Equal("21", _flow.InputOf("Sub"));
        _flow.Complete("Sub", "42");
        Assert.Equal("42", _flow.InputOf("Last"));
        _flow.Complete("Last");
        Assert.Equal("42", _flow.OutputOf(run));
    }

    [Fact]
    public void A_cancellation_reaches_tasks_and_called_workflows()
    {
        _flow.Define("""{"id":"sub","steps":[{"id":"a","task":{"title":"Sub"}}]}""");
        _flow.Define("""{"id":"top","steps":[{"id":"call","workflow":{"id":"sub"}},{"id":"each","map":{"over":"input"},"workflow":{"id":"sub"}}]}""");
        var run = _flow.Start("top", "[1,2]").Id;
        Assert.Equal(3, _flow.Working.Count);
        _flow.Hive.Ok(new CancelRun(run, "enough") { By = TestHive.User });
        _flow.Hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((WorkflowRunState.Cancelled, "enough"), (_flow.StateOf(run), _flow.Run(run).CancelReason));
        Assert.Empty(_flow.Hive.State.Tasks);
        Assert.Equal(0, _flow.Hive.State.Workflows.OpenCount);
    }

    [Fact]
    public void A_run_that_outlasts_its_deadline_fails_as_expired()
    {
        _flow.Define("""{"id":"slow","timeout_ms":1000,"steps":[{"id":"a","signal":{"name":"never"}}]}""");
        var run = _flow.Start("slow").Id;
        _flow.Hive.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((WorkflowRunState.Failed, "EXPIRED"), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
    }

    [Fact]
    public void A_new_version_changes_no_run_and_an_equal_definition_is_none()
    {
        const string First = """{"id":"v","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","depends_on":["a"],"task":{"title":"B"}}]}""";
        Assert.Equal(1, _flow.Define(First).Version);
        Assert.True(_flow.Define(First).Duplicate);
        var run = _flow.Start("v");
        Assert.Equal(2, _flow.Define(First.Replace("\"B\"", "\"C\"", StringComparison.Ordinal)).Version);
        _flow.Complete("A");
        Assert.Equal((1, "B"), (run.Version, _flow.Working.Single()));
    }

    [Fact]
    public void Ten_thousand_items_start_in_turns_of_bounded_size()
    {
        _flow.Define("""{"id":"m","steps":[{"id":"each","map":{"over":"input"},"task":{"title":"Each"}}]}""");
        var run = _flow.Start("m", $"[{string.Join(',', Enumerable.Range(0, 10_000))}]").Id;
        Assert.Equal(10_000, _flow.Working.Count);
        Assert.Equal(10_000, _flow.Stored(run).Count(s => s.Item is not null));

    }

    [Fact]
    public void A_thousand_steps_start_and_are_cancelled_in_turns_of_bounded_size()
    {
        var steps = string.Join(',', Enumerable.Range(0, 1000).Select(i => $$$"""{"id":"s{{{i}}}","task":{"title":"T{{{i}}}"}}"""));
        _flow.Define($$"""{"id":"wide","steps":[{{steps}}]}""");
        var run = _flow.Start("wide").Id;
        Assert.Equal(1000, _flow.Working.Count);
        _flow.Hive.Ok(new CancelRun(run) { By = TestHive.User });
        _flow.Settle();
        Assert.All(_flow.Hive.State.Tasks, t => Assert.Equal(TaskState.Cancelling, t.State));
        Assert.InRange(_flow.Hive.LargestTurn, 1, 700);
        _flow.Hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(WorkflowRunState.Cancelled, _flow.StateOf(run));
    }
}
