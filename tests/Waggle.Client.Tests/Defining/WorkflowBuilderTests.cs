using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client.Tests.Defining;

public sealed class WorkflowBuilderTests
{
    [Fact]
    public void The_example_of_the_documentation_builds_the_JSON_beside_it()
    {
        WorkflowDefinition report = Workflow.Define("report")
            .Step("fetch", task => task with { Title = "Fetch the data", Input = Workflow.Object(("url", Workflow.Input.At("url"))) })
            .Map("clean", Workflow.OutputOf("fetch").At("files"), task => task with { Title = "Clean", Input = Workflow.Item }).After("fetch")
            .Signal("approve", TimeSpan.FromDays(1)).After("clean")
            .Step("publish", task => task with { Title = "Publish", Input = Workflow.Object(("parts", Workflow.OutputOf("clean"))) })
                .After("approve").When("steps.approve.output.yes")
            .Output(Workflow.Object(("url", Workflow.OutputOf("publish").At("url"))))
            .Build();

        var page = File.ReadAllText(Path.Combine(Root(), "docs", "workflows.md"));
        var json = page.Split("```json", 2)[1].Split("```", 2)[0];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), Json(report)), Json(report).ToJsonString());
        var code = string.Concat(page.Split(".Build();", 2)[0].Split("Workflow.Define(", 2)[1].Where(c => !char.IsWhiteSpace(c)));
        var here = string.Concat(File.ReadAllText(Path.Combine(Root(), "tests", "Waggle.Client.Tests", "Defining", "WorkflowBuilderTests.cs")).Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains(code, here, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_rule_of_a_step_and_of_a_workflow_is_in_the_definition()
    {
        var definition = Workflow.Define("all").Description("All of it.").Swarm("team").OnAnyFailure(OnFailure.Compensate).OnConflict(RunConflict.Enqueue)
            .Timeout(TimeSpan.FromHours(1))
            .Step("a", task => task with { Type = "t", Priority = 1 }).Weight(2).Compensate(task => task with { Input = Workflow.OutputOf("a") })
            .Call("b", "other", Workflow.Input, version: 3).Over(Workflow.Input.At("a list")[2], StepJoin.NOfM, 2).After("a").OnFailure(OnFailure.Continue)
            .Timer("c", TimeSpan.FromSeconds(5)).After("a")
            .Signal("d", name: "go").After("b", "c").Join(StepJoin.Any)
            .Step("e").After("b", "c").After("d").AtLeast(2)
            .Build();

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"id":"all","description":"All of it.","swarm":"team","on_failure":"compensate","on_conflict":"enqueue","timeout_ms":3600000,"steps":[
              {"id":"a","task":{"title":"a","type":"t","priority":1},"weight":2,"compensate":{"title":"Undo a","input":{"$":"steps.a.output"}}},
              {"id":"b","workflow":{"id":"other","version":3,"input":{"$":"input"}},"depends_on":["a"],
                "map":{"over":"input[\"a list\"][2]","join":"n_of_m","at_least":2},"on_failure":"continue"},
              {"id":"c","timer":{"delay_ms":5000},"depends_on":["a"]},
              {"id":"d","signal":{"name":"go"},"depends_on":["b","c"],"join":"any"},
              {"id":"e","task":{"title":"e"},"depends_on":["b","c","d"],"join":"n_of_m","at_least":2}]}
            """), Json(definition)), Json(definition).ToJsonString());
    }

    [Fact]
    public void A_step_that_is_there_twice_or_waits_for_none_is_refused_at_once()
    {
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => Workflow.Define("w").Step("a").Step("a")).Message, StringComparison.Ordinal);
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => Workflow.Define("w").Step("a").After("b")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Workflow.Define("w").Build());
    }

    [Theory]
    [InlineData("rows", "input.rows")]
    [InlineData("a \"name\"", """input["a \"name\""]""")]
    [InlineData("0", """input["0"]""")]
    public void A_path_quotes_the_names_that_are_not_plain(string name, string path)
    {
        Assert.Equal(path, Workflow.Input.At(name).ToString());
        Assert.Equal(path, Workflow.Input.At(name).ToRawJson().ToElement().GetProperty("$").GetString());
    }

    private static JsonNode Json(WorkflowDefinition definition) => JsonSerializer.SerializeToNode(definition, HubJson.Default.WorkflowDefinition)!;

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Waggle.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
