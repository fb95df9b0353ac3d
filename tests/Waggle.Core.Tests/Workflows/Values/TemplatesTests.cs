using Waggle.Core.Workflows.Expressions;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows.Values;

public sealed class TemplatesTests
{
    [Fact]
    public void A_value_that_is_elsewhere_stays_a_reference_with_its_place()
    {
        var bound = Templates.Bind(RawJson.Parse("""{"a":{"$":"steps.x.output.p"},"b":[{"$":"item"}],"c":1}"""), ValueOf);
        Assert.Equal("""{"a":null,"b":[{"k":"v"}],"c":1}""", bound.Value.ToString());
        Assert.Equal([new InputRef { At = "/a", Task = "t1", Path = "/p" }], bound.Refs!);
    }

    [Fact]
    public void A_value_from_outside_is_no_template()
    {
        var bound = Templates.Bind(RawJson.Parse("""{"$":"item"}"""), _ => Bound.Of(RawJson.Parse("""{"$":"steps.secret.output"}""")));
        Assert.Equal("""{"$":"steps.secret.output"}""", bound.Value.ToString());
        Assert.Null(bound.Refs);
    }

    [Fact]
    public void A_part_of_a_value_is_found_through_its_references()
    {
        var value = new Bound { Value = RawJson.Parse("""{"x":{"y":null},"z":[1,2]}"""), Refs = [new InputRef { At = "/x/y", Task = "t1", Path = "/p" }] };
        Assert.Equal([new InputRef { At = "", Task = "t1", Path = "/p/q" }], value.At("/x/y/q").Refs!);
        Assert.Equal([new InputRef { At = "/y", Task = "t1", Path = "/p" }], value.At("/x").Refs!);
        Assert.Equal("2", value.At("/z/1").Value.ToString());
        Assert.True(value.At("/nothing").Value.IsNull);
    }

    private static Bound ValueOf(PathRef path) => path.Root == PathRoot.Item ? Bound.Of(RawJson.Parse("""{"k":"v"}""")) : Bound.OfTask("t1");
}
