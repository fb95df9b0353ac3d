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
