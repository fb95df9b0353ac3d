using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class DeepValueTests
{
    private readonly FlowHive _flow = new();

    [Fact]
    public void A_part_that_would_be_too_deep_is_null_in_the_input_and_named_beside_it()
    {
        _flow.Define($$$$$$"""
            {"id":"w","steps":[{"id":"a","task":{"title":"A"}},
              {"id":"b","depends_on":["a"],"task":{"title":"B","input":{"deep":{{{{{{Lists(30, """{"$":"steps.a.output"}""")}}}}}},"part":{"$":"steps.a.output[0]"}}}}]}
            """);
        _flow.Start("w");
        _flow.Complete("A", Lists(60, "1"));

        Assert.Equal($$"""{"deep":{{Lists(30, "null")}},"part":{{Lists(59, "1")}}}""", _flow.InputOf("B"));
        Assert.Equal(_flow.Task("B").InputRefs!.Take(1), _flow.OmittedOf("B"));
    }

    [Fact]
    public void A_value_that_called_workflows_wrap_too_deeply_fails_the_step()
    {
        _flow.Define($$$$$$"""{"id":"sub","output":{{{{{{Lists(55, """{"$":"steps.a.output"}""")}}}}}},"steps":[{"id":"a","task":{"title":"Sub"}}]}""");
        _flow.Define($$$$$$"""
            {"id":"top","steps":[{"id":"call","workflow":{"id":"sub"}},
              {"id":"last","depends_on":["call"],"task":{"title":"Last","input":{{{{{{Lists(50, """{"$":"steps.call.output"}""")}}}}}}}}]}
            """);
        var run = _flow.Start("top").Id;
        _flow.Complete("Sub", Lists(60, "1"));

        Assert.Equal((WorkflowRunState.Failed, "TOO_LARGE", "last"), (_flow.StateOf(run), _flow.Run(run).Error!.Code, _flow.Run(run).Error!.Step));
    }

    [Fact]
    public void A_run_whose_output_would_be_too_deep_fails()
    {
        _flow.Define($$$$$$"""{"id":"sub","output":{{{{{{Lists(55, """{"$":"input"}""")}}}}}},"steps":[{"id":"a","task":{"title":"Sub"}}]}""");
        _flow.Define($$$$$$"""{"id":"top","output":{{{{{{Lists(50, """{"$":"steps.call.output"}""")}}}}}},"steps":[{"id":"call","workflow":{"id":"sub"}}]}""");
        var run = _flow.Start("top").Id;
        _flow.Complete("Sub");

        Assert.Equal((WorkflowRunState.Failed, "TOO_LARGE"), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
    }

    private static string Lists(int levels, string value) => $"{new string('[', levels)}{value}{new string(']', levels)}";
}
