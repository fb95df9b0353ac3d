using Waggle.Core.Validation;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tests.Validation;

public sealed class JsonSchemasTests
{
    private const string Count = """{"type":"object","properties":{"n":{"type":"integer","minimum":1}},"required":["n"]}""";

    [Fact]
    public void A_value_that_satisfies_its_schema_has_no_mismatch() => Assert.Null(Mismatch(Count, """{"n":1}"""));

    [Fact]
    public void A_mismatch_names_the_place()
    {
        Assert.Contains("/n", Mismatch(Count, """{"n":"x"}"""), StringComparison.Ordinal);
        Assert.Contains("n", Mismatch(Count, "{}"), StringComparison.Ordinal);
        Assert.NotNull(Mismatch("false", "1"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"type":"nothing"}""")]
    [InlineData("""{"pattern":"("}""")]
    [InlineData("""{"$ref":"http://localhost/other"}""")]
    public void What_is_no_schema_is_refused(string schema) =>
        Assert.Equal(ErrorCodes.InvalidRequest, JsonSchemas.Problem("schema", RawJson.Parse(schema))!.Code);

    [Theory]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "/allOf/0/$ref")]
    [InlineData("""{"$defs":{"a":{"$dynamicRef":"#b"}}}""", "/$defs/a/$dynamicRef")]
    [InlineData("""{"properties":{"name":{"pattern":"(a+)+$"}}}""", "/properties/name/pattern")]
    [InlineData("""{"items":{"patternProperties":{"x":true}}}""", "/items/patternProperties")]
    [InlineData("""{"not":{"anyOf":[true,{"dependentSchemas":{"x":{"$ref":"#"}}}]}}""", "/not/anyOf/1/dependentSchemas/x/$ref")]
    public void A_keyword_whose_evaluation_has_no_bound_is_refused_with_its_place(string schema, string place)
    {
        var problem = JsonSchemas.Problem("schema", RawJson.Parse(schema))!;
        Assert.Equal(ErrorCodes.InvalidRequest, problem.Code);
        Assert.StartsWith($"schema{place}: ", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"properties":{"pattern":{"type":"string"},"$ref":{"type":"string"}}}""")]
    [InlineData("""{"enum":[{"pattern":"x"},{"$ref":"#"}]}""")]
    [InlineData("""{"default":{"$ref":"#"},"examples":[{"pattern":"("}]}""")]
    public void A_name_or_a_value_may_be_like_a_keyword(string schema) => Assert.Null(JsonSchemas.Problem("schema", RawJson.Parse(schema)));

    [Fact]
    public void Two_schemas_may_have_the_same_id()
    {
        Assert.Null(Mismatch("""{"$id":"http://localhost/a","type":"string"}""", "\"x\""));
        Assert.Null(Mismatch("""{"$id":"http://localhost/a","type":"integer"}""", "1"));
    }

    [Fact]
    public void A_schema_has_a_greatest_size() => Assert.Equal(
        ErrorCodes.TooLarge, JsonSchemas.Problem("schema", RawJson.Parse($$"""{"title":"{{new string('x', Limits.MaxSchemaBytes)}}"}"""))!.Code);

    private static string? Mismatch(string schema, string value) => JsonSchemas.Mismatch(RawJson.Parse(schema), RawJson.Parse(value));
}
