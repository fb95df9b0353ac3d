using Waggle.Core.Workflows.Definitions;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tests.Workflows.Definitions;

public sealed class PlanBuilderTests
{
    [Theory]
    [InlineData("""[]""", "definition: the value has the wrong type or is out of range")]
    [InlineData("""{"id":"w"}""", "definition: a required field is missing: 'steps'")]
    [InlineData("""{"id":"w","steps":[]}""", "steps: a workflow has 1 to 10000 steps; there were 0")]
    [InlineData("""{"id":"w","steps":null}""", "steps: a workflow has 1 to 10000 steps; there were 0")]
    [InlineData("""{"id":"w","stepz":[]}""", "stepz: unknown field 'stepz'")]
    [InlineData("""{"id":"w","steps":[{"id":"a","taks":{"title":"A"}}]}""", "steps[0].taks: unknown field 'taks'")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"},"weight":"heavy"}]}""", "steps[0].weight: the value has the wrong type or is out of range")]
    [InlineData("""{"id":"w","steps":[null]}""", "steps[0]: it is null")]
    [InlineData("""{"id":"w","steps":[{"id":"a"}]}""", "steps[0]: a step has exactly one of task, workflow, timer and signal; 'a' has 0")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"},"timer":{"delay_ms":1}}]}""", "steps[0]: a step has exactly one of task, workflow, timer and signal; 'a' has 2")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A","priority":9}}]}""", "steps[0].task: priority is 1 (first) to 5 (last); it was 9.")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A","depends_on":["b"]}}]}""", "steps[0].task.depends_on: write depends_on at the step")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"a","task":{"title":"B"}}]}""", "steps[1].id: 'a' is the id of steps[0], too")]
    [InlineData("""{"id":"w","steps":[{"id":"a","depends_on":["a"],"task":{"title":"A"}}]}""", "steps[0].depends_on[0]: step 'a' depends on itself")]
    [InlineData("""{"id":"w","steps":[{"id":"a","depends_on":["x"],"task":{"title":"A"}}]}""", "steps[0].depends_on[0]: there is no step 'x'")]
    [InlineData("""{"id":"w","steps":[{"id":"a","depends_on":["b"],"task":{"title":"A"}},{"id":"b","depends_on":["c"],"task":{"title":"B"}},{"id":"c","depends_on":["a"],"task":{"title":"C"}}]}""", "steps[0].depends_on: the steps wait for each other in a circle: a → c → b → a")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","when":"steps.a.output","task":{"title":"B"}}]}""", "steps[1].when: step 'a' is not before step 'b': add it to depends_on")]
    [InlineData("""{"id":"w","steps":[{"id":"a","when":"steps.a.output","task":{"title":"A"}}]}""", "steps[0].when: step 'a' refers to itself")]
    [InlineData("""{"id":"w","steps":[{"id":"a","when":"input.x < null","task":{"title":"A"}}]}""", "steps[0].when: at character 9: '<' compares numbers or texts, not null")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A","input":{"list":[0,{"$":"steps.z.output"}]}}}]}""", "steps[0].task.input.list[1]: there is no step 'z'")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A","input":{"x":{"$":"item"}}}}]}""", "steps[0].task.input.x: 'item' is known in the input of a step with map only")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A","input":{"x":{"$":"input","y":1}}}}]}""", "steps[0].task.input.x: an object with the member '$' has this member alone, and its value is a path")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"},"map":{"over":"item"}}]}""", "steps[0].map.over: a list is in the input or in an output")]
    [InlineData("""{"id":"w","steps":[{"id":"a","timer":{"delay_ms":1},"map":{"over":"input"}}]}""", "steps[0].map: only a task or a workflow runs for each item")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"},"join":"n_of_m"}]}""", "steps[0].at_least: the join n_of_m needs a number")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"},"join":"any","at_least":1}]}""", "steps[0].at_least: it belongs to the join n_of_m")]
    [InlineData("""{"id":"w","steps":[{"id":"z","task":{"title":"Z"}},{"id":"a","depends_on":["z"],"task":{"title":"A"},"at_least":2}]}""", "steps[1].at_least: it is 1 to 1, the number of steps in depends_on; it was 2")]
    [InlineData("""{"id":"w","steps":[{"id":"a","signal":{"name":"s"}},{"id":"b","signal":{"name":"s"}}]}""", "steps[1].signal.name: steps[0] waits for the signal 's', too")]
    [InlineData("""{"id":"w","steps":[{"id":"a","signal":{"name":null}}]}""", "steps[0].signal.name: ")]
    [InlineData("""{"id":"w","steps":[{"id":"a","workflow":{"id":null}}]}""", "steps[0].workflow.id: ")]
    [InlineData("""{"id":"w","steps":[{"id":"a","task":{"title":"A"},"map":{"over":null}}]}""", "steps[0].map.over: it is missing")]
    [InlineData("""{"id":"w","output":{"$":"steps.q.output"},"steps":[{"id":"a","task":{"title":"A"}}]}""", "output: there is no step 'q'")]
    public void A_definition_that_cannot_run_is_refused_with_the_place(string definition, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<DefinitionException>(() => PlanBuilder.Build(RawJson.Parse(definition))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_definition_with_one_step_too_many_is_refused()
    {
        var steps = string.Join(',', Enumerable.Range(0, 10_001).Select(i => $$$"""{"id":"s{{{i}}}","timer":{"delay_ms":1}}"""));
        Assert.Equal(
            "steps: a workflow has 1 to 10000 steps; there were 10001",
            Assert.Throws<DefinitionException>(() => PlanBuilder.Build(RawJson.Parse($$"""{"id":"w","steps":[{{steps}}]}"""))).Message);
    }

    [Fact]
    public void A_chain_of_ten_thousand_steps_is_a_plan()
    {
        var steps = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$$"""{"id":"s{{{i}}}",{{{(i == 0 ? "" : $"\"depends_on\":[\"s{i - 1}\"],")}}}"timer":{"delay_ms":1}}"""));
        var plan = PlanBuilder.Build(RawJson.Parse($$"""{"id":"w","steps":[{{steps}}]}"""));
        Assert.Equal(10_000, plan.Steps.Count);
        Assert.Equal((7, 9), (plan.Steps[8].Before.Single(), plan.Steps[8].After.Single()));
    }

    [Fact]
    public void A_path_may_name_a_step_that_is_before_another_one_before_it() => PlanBuilder.Build(RawJson.Parse("""
        {"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","depends_on":["a"],"task":{"title":"B"}},{"id":"c","depends_on":["b"],"when":"steps.a.output.ok","task":{"title":"C"}}]}
        """));
}
