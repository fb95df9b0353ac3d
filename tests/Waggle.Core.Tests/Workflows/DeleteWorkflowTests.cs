using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class DeleteWorkflowTests
{
    private readonly FlowHive _flow = new();

    [Fact]
    public void A_workflow_is_deleted_when_its_last_run_has_ended_and_the_run_keeps_its_end()
    {
        _flow.Define("""{"id":"w","steps":[{"id":"a","signal":{"name":"never"}}]}""");
        var (first, second) = (_flow.Start("w").Id, _flow.Start("w").Id);
        Assert.Equal(
            (ErrorCodes.InvalidState, "Workflow 'w' has 2 open runs: cancel them, or wait for their end."),
            (Refused("w").Code, Refused("w").Message));
        foreach (var run in (string[])[first, second]) _flow.Hive.Ok(new CancelRun(run) { By = TestHive.User });
        _flow.Settle();

        Assert.Equal([1], Delete("w").Versions);
        Assert.Equal(ErrorCodes.NotFound, Refused("w").Code);
        Assert.Equal(ErrorCodes.NotFound, _flow.Hive.Refused(new StartRun(new() { Workflow = "w" }) { By = TestHive.User }).Code);
        Assert.DoesNotContain(_flow.Hive.Store.Entities(_flow.Hive.Options.Hive), e => e.Kind is "workflow" or "workflow_definition");
        Assert.All([first, second], run => Assert.Equal(WorkflowRunState.Cancelled, _flow.StateOf(run)));
        Assert.Equal(ErrorCodes.NotFound, _flow.Hive.Refused(new RetryRun(first) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_run_of_a_deleted_workflow_is_not_retried_with_another_definition_of_that_id()
    {
        Define("w", 1);
        var run = _flow.Start("w").Id;
        _flow.Fail("W1");
        Delete("w");
        Assert.Equal(1, Define("w", 2).Version);

        Assert.Equal(ErrorCodes.NotFound, _flow.Hive.Refused(new RetryRun(run) { By = TestHive.User }).Code);
    }

    [Fact]
    public void One_version_is_deleted_and_the_latest_one_is_not()
    {
        for (var i = 1; i <= 3; i++) Define("w", i);
        Assert.Equal([1, 3], DeletedThen("w", 2));
        Assert.Equal(ErrorCodes.NotFound, Refused("w", 2).Code);
        Assert.Contains("is the latest one", Refused("w", 3).Message, StringComparison.Ordinal);
        Assert.Equal([1, 3, 4], Define("w", 4).Versions);
        _flow.Restart();
        Assert.Equal(ErrorCodes.NotFound, _flow.Hive.Refused(new StartRun(new() { Workflow = "w", Version = 2 }) { By = TestHive.User }).Code);
        Assert.Equal(1, _flow.Hive.Ok(new StartRun(new() { Workflow = "w", Version = 1 }) { By = TestHive.User }).Version);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_another_workflow_calls_is_not_deleted(bool restarted)
    {
        Define("part", 1);
        _flow.Define("""{"id":"whole","steps":[{"id":"a","workflow":{"id":"part"}}]}""");
        Define("part", 2);
        if (restarted) _flow.Restart();

        Assert.Contains("1 version of workflows call", Refused("part").Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.InvalidState, Refused("part", 1).Code);
        Delete("whole");
        Delete("part", 1);
        Delete("part");
    }

    [Fact]
    public void A_workflow_that_calls_an_earlier_version_of_itself_is_deleted_as_a_whole()
    {
        Define("w", 1);
        _flow.Define("""{"id":"w","steps":[{"id":"a","workflow":{"id":"w","version":1}}]}""");
        Assert.Equal(ErrorCodes.InvalidState, Refused("w", 1).Code);
        Delete("w");
    }

    [Fact]
    public void The_next_version_beyond_the_limit_deletes_the_oldest_one_that_nothing_needs()
    {
        for (var i = 1; i <= Limits.MaxWorkflowVersions; i++) Define("w", i);
        var run = _flow.Hive.Ok(new StartRun(new() { Workflow = "w", Version = 1 }) { By = TestHive.User }).Id;
        _flow.Define("""{"id":"caller","steps":[{"id":"a","workflow":{"id":"w","version":2}}]}""");
        var next = Define("w", 101);

        Assert.Equal((101, Limits.MaxWorkflowVersions, 1, 2, 4), (next.Version, next.Versions.Count, next.Versions[0], next.Versions[1], next.Versions[2]));
        Assert.Equal(3, Assert.Single(_flow.Hive.All.OfType<WorkflowDeleted>()).Version);
        Assert.Equal(WorkflowRunState.Running, _flow.StateOf(run));
    }

    [Fact]
    public void A_version_beyond_the_limit_is_refused_while_each_other_one_is_needed()
    {
        for (var i = 1; i <= Limits.MaxWorkflowVersions; i++)
        {
            Define("w", i);
            _flow.Hive.Ok(new StartRun(new() { Workflow = "w" }) { By = TestHive.User });
        }

        Assert.Equal(ErrorCodes.QuotaExceeded, _flow.Hive.Refused(new DefineWorkflow(RawJson.Parse(Text("w", 101))) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_workflow_that_an_earlier_version_of_the_hub_stored_has_the_versions_of_its_definitions()
    {
        Define("part", 1);
        _flow.Define("""{"id":"whole","steps":[{"id":"a","workflow":{"id":"part"}}]}""");
        foreach (var id in (string[])["part", "whole"]) _flow.Hive.Store.Rewrite(new("workflow", id), text => text.Split(",\"versions\"")[0] + "}");
        _flow.Restart();

        Assert.Equal(ErrorCodes.InvalidState, Refused("part").Code);
        Assert.Equal([1, 2], Define("part", 2).Versions);
    }

    private WorkflowView Define(string id, int number) => _flow.Define(Text(id, number));

    private static string Text(string id, int number) => $$$"""{"id":"{{{id}}}","steps":[{"id":"a","task":{"title":"{{{id.ToUpperInvariant()}}}{{{number}}}"}}]}""";

    private WorkflowView Delete(string id, int? version = null) => _flow.Hive.Ok(new DeleteWorkflow(id, version) { By = TestHive.User });

    private IReadOnlyList<int> DeletedThen(string id, int version)
    {
        Delete(id, version);
        return [.. WorkflowFeature.Workflows.Parse(_flow.Hive.Store.Entities(_flow.Hive.Options.Hive).Single(e => e.Kind == "workflow")).Versions!.Select(v => v.Version)];
    }

    private Waggle.Core.Kernel.Error Refused(string id, int? version = null) => _flow.Hive.Refused(new DeleteWorkflow(id, version) { By = TestHive.User });
}
