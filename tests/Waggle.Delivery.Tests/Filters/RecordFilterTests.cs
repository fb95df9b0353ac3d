using System.Text;
using System.Text.Json;
using Waggle.Delivery.Filters;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests.Filters;

public class RecordFilterTests
{
    private const string Data = """{"task":"t1","progress":0.5,"n":9007199254740993,"ok":true,"none":null,"name":"A\u00e9\n","usage":{"tokens":{"in":12}},"list":[1]}""";

    [Theory]
    [InlineData("""{"field":"kind","eq":"task_progress"}""", true)]
    [InlineData("""{"field":"kind","prefix":"task_"}""", true)]
    [InlineData("""{"field":"topic","in":["x","task.t1.progress"]}""", true)]
    [InlineData("""{"field":"swarm","eq":"red"}""", true)]
    [InlineData("""{"field":"class","eq":"durable"}""", false)]
    [InlineData("""{"field":"data.progress","gt":0.4,"lt":0.6}""", true)]
    [InlineData("""{"field":"data.progress","gt":0.5}""", false)]
    [InlineData("""{"field":"data.progress","eq":5e-1}""", true)]
    [InlineData("""{"field":"data.progress","eq":"0.5"}""", false)]
    [InlineData("""{"field":"data.n","eq":9007199254740993}""", true)]
    [InlineData("""{"field":"data.n","eq":9007199254740992}""", false)]
    [InlineData("""{"field":"data.n","lt":1e300}""", true)]
    [InlineData("""{"field":"data.ok","eq":true}""", true)]
    [InlineData("""{"field":"data.ok","in":[false,1]}""", false)]
    [InlineData("""{"field":"data.name","eq":"Aé\n"}""", true)]
    [InlineData("""{"field":"data.name","prefix":"Aé"}""", true)]
    [InlineData("""{"field":"data.name","gt":"A"}""", true)]
    [InlineData("""{"field":"data.usage.tokens.in","gt":11}""", true)]
    [InlineData("""{"field":"data.usage.tokens","exists":true}""", true)]
    [InlineData("""{"field":"data.usage.tokens","eq":12}""", false)]
    [InlineData("""{"field":"data.list","exists":true}""", true)]
    [InlineData("""{"field":"data.none","exists":true}""", false)]
    [InlineData("""{"field":"data.other","exists":false}""", true)]
    [InlineData("""{"field":"data.task.other","exists":true}""", false)]
    [InlineData("""{"field":"data.other","lt":1}""", false)]
    [InlineData("""{"not":{"field":"data.other","lt":1}}""", true)]
    [InlineData("""{"and":[{"field":"data.task","eq":"t1"},{"or":[{"field":"data.ok","eq":false},{"field":"data.progress","gt":0}]}]}""", true)]
    public void A_filter_selects_the_matching_records(string filter, bool takes) => Assert.Equal(takes, Parse(filter).Takes(Of(Data)));

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[{\"task\":\"t1\"}]")]
    [InlineData("\"t1\"")]
    [InlineData("{\"x\":{\"task\":\"t1\"}")]
    public void Data_that_is_no_object_has_no_fields(string data)
    {
        Assert.False(Parse("""{"field":"data.task","exists":true}""").Takes(Of(data)));
        Assert.True(Parse("""{"field":"data.task","exists":false}""").Takes(Of(data)));
    }

    [Theory]
    [InlineData("""[]""", "filter: it is an object")]
    [InlineData("""{}""", "filter: it has either 'field'")]
    [InlineData("""{"field":"kind"}""", "filter: what is to hold for 'kind' is missing")]
    [InlineData("""{"field":"data","eq":1}""", "filter.field: a field is kind, topic")]
    [InlineData("""{"field":"data.a..b","eq":1}""", "filter.field: a field is kind, topic")]
    [InlineData("""{"field":"data.a.b.c.d.e.f.g.h.i","eq":1}""", "filter.field: a field lies at most 8 names deep")]
    [InlineData("""{"field":1,"eq":1}""", "filter.field: it is a string")]
    [InlineData("""{"field":"kind","equals":1}""", "filter.equals: it is not known")]
    [InlineData("""{"field":"kind","eq":null}""", "filter.eq: null is the same as absent")]
    [InlineData("""{"field":"kind","eq":[1]}""", "filter.eq: it is a string, a number")]
    [InlineData("""{"field":"kind","in":[]}""", "filter.in: it is an array of 1 to 100")]
    [InlineData("""{"field":"kind","in":[{}]}""", "filter.in[0]: it is a string, a number")]
    [InlineData("""{"field":"kind","exists":1}""", "filter.exists: it is true or false")]
    [InlineData("""{"field":"kind","prefix":1}""", "filter.prefix: it is a string")]
    [InlineData("""{"and":[{"field":"kind","eq":"a"},{"not":{"field":"kind","gt":true}}]}""", "filter.and[1].not.gt: it is a number or a string")]
    [InlineData("""{"or":{}}""", "filter.or: it is an array of at least one filter")]
    [InlineData("""{"xor":[]}""", "filter.xor: it is not known")]
    [InlineData("""{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"field":"kind","eq":"a"}}}}}}}}}""", "a filter is at most 8 deep")]
    [InlineData("""{"field":"kind","field":"kind","eq":"a"}""", "filter: the field")]
    [InlineData("""{"field":"kind",""", "filter: ")]
    public void The_error_of_a_filter_names_its_place(string json, string begins)
    {
        Assert.False(RecordFilter.TryParse(Encoding.UTF8.GetBytes(json), out _, out var problem));
        Assert.Contains(begins, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_is_bounded()
    {
        var terms = string.Join(',', Enumerable.Range(0, Limits.MaxFilterTerms + 1).Select(i => $"{{\"field\":\"data.f{i}\",\"eq\":1}}"));
        Assert.False(RecordFilter.TryParse(Encoding.UTF8.GetBytes($"{{\"and\":[{terms}]}}"), out _, out var problem));
        Assert.Contains("at most 32 comparisons", problem, StringComparison.Ordinal);
        Assert.False(RecordFilter.TryParse(Encoding.UTF8.GetBytes($"{{\"field\":\"kind\",\"eq\":\"{new string('x', Limits.MaxFilterBytes)}\"}}"), out _, out problem));
        Assert.Contains("at most 16384 bytes", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_that_differ_only_in_order_are_one()
    {
        var one = Parse("""{"and":[{"field":"kind","in":["a","b"]},{"field":"data.x","gt":1.0,"lt":20e-1}]}""");
        var other = Parse("""{"and":[{"lt":2,"gt":1,"field":"data.x"},{"in":["b","a","a"],"field":"kind"}]}""");
        Assert.Equal(one.Canonical, other.Canonical);
        Assert.NotEqual(one.Canonical, Parse("""{"field":"kind","in":["a","b"]}""").Canonical);
        Assert.Equal(one.Canonical, Parse(one.Canonical).Canonical);
    }

    [Fact]
    public void A_filter_selects_the_same_records_as_a_plain_evaluation_of_its_tree() => Gen.ForAll(400, gen =>
    {
        var json = Tree(gen, 3);
        var filter = Parse(json);
        using var tree = JsonDocument.Parse(json);
        for (var i = 0; i < 20; i++)
        {
            var record = Of(Object(gen, 3));
            using var data = JsonDocument.Parse(record.Data);
            Assert.Equal(Naive(tree.RootElement, data.RootElement), filter.Takes(record));
        }
    });

    [Theory]
    [InlineData("""{"\ud800":1,"x":"a"}""")]
    [InlineData("""{"x":"\ud800"}""")]
    [InlineData("""{"x":{"\ud800":1}}""")]
    public void Half_of_a_surrogate_pair_is_no_field_and_no_text(string data)
    {
        Assert.False(Parse("""{"field":"data.x","eq":"a"}""").Takes(Of(data)));
        Assert.False(Parse("""{"field":"data.x.y","exists":true}""").Takes(Of(data)));
        Assert.False(Parse("""{"field":"data.x","prefix":"a"}""").Takes(Of(data)));
    }

    [Fact]
    public void The_evaluation_of_a_filter_allocates_nothing()
    {
        var filter = Parse("""{"and":[{"field":"kind","prefix":"task"},{"field":"data.name","gt":"A"},{"or":[{"field":"data.usage.tokens.in","lt":3},{"field":"data.n","in":[1,9007199254740993]}]}]}""");
        var record = Of(Data);
        Assert.True(filter.Takes(record));

        // The runtime itself may allocate here while it makes the code better; it does so once.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated()));

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++) filter.Takes(record);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    internal static RecordFilter Parse(string json) => RecordFilter.TryParse(Encoding.UTF8.GetBytes(json), out var filter, out var problem) ? filter : throw new ArgumentException(problem);

    private static Record Of(string data) => new(default, "task.t1.progress", "task_progress", RecordClass.Latest, default, "red", Encoding.UTF8.GetBytes(data));

    private static string Value(Gen gen) => gen.Pick("1", "2", "2.5", "-1", "true", "false", "\"a\"", "\"b\"", "\"\\u0061b\"");

    private static string Object(Gen gen, int depth) => $"{{{string.Join(',', new[] { "a", "b", "c" }.Where(_ => gen.Bool(0.7)).Select(n =>
        $"\"{n}\":{(depth > 0 && gen.Bool(0.4) ? Object(gen, depth - 1) : gen.Bool(0.1) ? "null" : gen.Bool(0.1) ? "[{\"a\":1}]" : Value(gen))}"))}}}";

    private static string Tree(Gen gen, int depth)
    {
        if (depth > 0 && gen.Bool(0.5))
        {
            return gen.Int(0, 2) switch
            {
                0 => $"{{\"not\":{Tree(gen, depth - 1)}}}",
                1 => $"{{\"and\":[{string.Join(',', gen.List(1, 3, () => Tree(gen, depth - 1)))}]}}",
                _ => $"{{\"or\":[{string.Join(',', gen.List(1, 3, () => Tree(gen, depth - 1)))}]}}",
            };
        }

        var field = $"data.{string.Join('.', gen.List(1, 3, () => gen.Pick("a", "b", "c")))}";
        var comparison = gen.Int(0, 5) switch
        {
            0 => $"\"eq\":{Value(gen)}",
            1 => $"\"in\":[{Value(gen)},{Value(gen)}]",
            2 => $"\"exists\":{gen.Pick("true", "false")}",
            3 => $"\"gt\":{gen.Pick("1", "2.5", "\"a\"")}",
            4 => $"\"lt\":{gen.Pick("2", "-0.5", "\"b\"")}",
            _ => $"\"prefix\":{gen.Pick("\"a\"", "\"ab\"")}",
        };
        return $"{{\"field\":\"{field}\",{comparison}}}";
    }

    private static bool Naive(JsonElement tree, JsonElement data)
    {
        if (tree.TryGetProperty("not", out var not)) return !Naive(not, data);
        if (tree.TryGetProperty("and", out var and)) return and.EnumerateArray().All(t => Naive(t, data));
        if (tree.TryGetProperty("or", out var or)) return or.EnumerateArray().Any(t => Naive(t, data));
        JsonElement? value = data;
        foreach (var name in tree.GetProperty("field").GetString()!.Split('.').Skip(1))
            value = value is { ValueKind: JsonValueKind.Object } here && here.TryGetProperty(name, out var next) && next.ValueKind != JsonValueKind.Null ? next : null;
        var test = tree.EnumerateObject().Last();
        return test.Name switch
        {
            "exists" => value is not null == test.Value.GetBoolean(),
            "eq" => Same(value, test.Value),
            "in" => test.Value.EnumerateArray().Any(t => Same(value, t)),
            "prefix" => value is { ValueKind: JsonValueKind.String } text && text.GetString()!.StartsWith(test.Value.GetString()!, StringComparison.Ordinal),
            "gt" => Order(value, test.Value) > 0,
            _ => Order(value, test.Value) < 0,
        };
    }

    private static bool Same(JsonElement? value, JsonElement wanted) => value is { } there && there.ValueKind == wanted.ValueKind && there.ValueKind switch
    {
        JsonValueKind.String => there.GetString() == wanted.GetString(),
        JsonValueKind.Number => there.GetDecimal() == wanted.GetDecimal(),
        JsonValueKind.True or JsonValueKind.False => true,
        _ => false,
    };

    private static int? Order(JsonElement? value, JsonElement wanted) => value is { } there && there.ValueKind == wanted.ValueKind
        ? there.ValueKind == JsonValueKind.String ? string.CompareOrdinal(there.GetString(), wanted.GetString()) : there.GetDecimal().CompareTo(wanted.GetDecimal())
        : null;
}
