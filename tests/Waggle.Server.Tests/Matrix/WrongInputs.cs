using System.Text;

namespace Waggle.Server.Tests.Matrix;

/// <summary>A command over both roads: its fields in the message, and where they go in the request. A field in the path is there as <c>{field}</c>.</summary>
/// <param name="Required">Fields that must be there; over HTTP those of the body.</param>
internal sealed record Ask(string Type, string Method, string Path, IReadOnlyDictionary<string, string> Fields, string[] Required)
{
    // Any JSON: nothing that is JSON is wrong there.
    private static readonly string[] AnyJson = ["input", "result", "data"];

    /// <summary>A JSON value that is not in the path stands in the body.</summary>
    public IEnumerable<string> InBody => Fields.Keys.Where(f => !Path.Contains($"{{{f}}}", StringComparison.Ordinal));

    /// <summary>Every way in which one field is wrong, and its error code; null requires only the same code over both APIs.</summary>
    public IEnumerable<(string What, IReadOnlyDictionary<string, string> Fields, string? Code)> Wrongs()
    {
        yield return ("a field too many", With("tytle", "1"), "INVALID_REQUEST");
        foreach (var field in InBody.Except(AnyJson))
        {
            if (Required.Contains(field))
            {
                yield return ($"without {field}", Fields.Where(f => f.Key != field).ToDictionary(f => f.Key, f => f.Value), "INVALID_REQUEST");
                yield return ($"{field} null", With(field, "null"), "INVALID_REQUEST");
            }

            yield return ($"{field} twice", With(field, $"{Fields[field]},\"{field}\":{Fields[field]}"), "INVALID_REQUEST");
            yield return ($"{field} of another type", With(field, """{"a":[{"b":1}]}"""), "INVALID_REQUEST");
            yield return ($"{field} far too deep", With(field, new string('[', 100) + new string(']', 100)), "INVALID_REQUEST");
            yield return ($"{field} not JSON", With(field, "{,}"), "MALFORMED_MESSAGE");
            if (Fields[field][0] == '"')
            {
                yield return ($"{field} far too long", With(field, $"\"{new string('x', 20_000)}\""), null);
            }
            else if (char.IsAsciiDigit(Fields[field][0]))
            {
                foreach (var number in new[] { "1e999", "-1", "99999999999999999999999", "NaN", "\"1\"", "1.5e400000" })
                    yield return ($"{field} {number}", With(field, number), null);
            }
        }
    }

    public Ask To(string field, string value) => this with { Fields = With(field, value) };

    // A connection renews all that its agent holds at once, a request one lease.
    public string Message(IReadOnlyDictionary<string, string> fields) =>
        Type == "lease.renew" ? $"\"type\":\"{Type}\",\"leases\":[{{{Text(fields).TrimStart(',')}}}]" : $"\"type\":\"{Type}\"{Text(fields)}";

    public (string Path, string Body) Request(IReadOnlyDictionary<string, string> fields, string proof)
    {
        var path = Path;
        foreach (var (field, value) in fields) path = path.Replace($"{{{field}}}", value.Trim('"'), StringComparison.Ordinal);
        var inBody = Text(fields.Where(f => !Path.Contains($"{{{f.Key}}}", StringComparison.Ordinal)));
        return (path, $"{{{(Path.Contains("/leases/", StringComparison.Ordinal) ? proof + inBody : inBody.TrimStart(','))}}}");
    }

    private Dictionary<string, string> With(string field, string value) => new(Fields, StringComparer.Ordinal) { [field] = value };

    private static string Text(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var text = new StringBuilder();
        foreach (var (field, value) in fields) text.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"{field}\":{value}");
        return text.ToString();
    }
}

/// <summary>The commands that both roads have.</summary>
internal static class WrongInputs
{
    public static IReadOnlyList<Ask> Commands { get; } =
    [
        Of("swarm.create", "POST", "/swarms", ["name"], ("name", "\"n\"")),
        Of("swarm.show", "GET", "/swarms/{swarm}", [], ("swarm", "\"none\"")),
        Of("agent.show", "GET", "/agents/{agent}", [], ("agent", "\"none\"")),
        Of("agent.drain", "POST", "/agents/{agent}/drain", [], ("agent", "\"none\"")),
        Of("agent.resume", "POST", "/agents/{agent}/resume", [], ("agent", "\"none\"")),
        Of("agent.remove", "DELETE", "/agents/{agent}", [], ("agent", "\"none\"")),
        Of("task.show", "GET", "/tasks/{task}", [], ("task", "\"none\"")),
        Of("task.retry", "POST", "/tasks/{task}/retry", [], ("task", "\"none\"")),
        Of("task.cancel", "POST", "/tasks/{task}/cancel", [], ("task", "\"none\""), ("reason", "\"r\""), ("force", "true")),
        Of("task.set_priority", "PUT", "/tasks/{task}/priority", ["priority"], ("task", "\"none\""), ("priority", "2")),
        Of("task.assign", "POST", "/tasks/{task}/assign", ["agent"], ("task", "\"none\""), ("agent", "\"none\""), ("priority", "2")),
        Of("chat.post", "POST", "/conversations/{conversation}/messages", ["content"], ("conversation", "\"none\""), ("content", "\"c\"")),
        Of("notification.send", "POST", "/notifications", ["level", "message"], ("level", "\"info\""), ("message", "\"m\""), ("to", "\"ann\""), ("swarm", "\"default\"")),
        Of("notification.seen", "POST", "/notifications/seen", ["through"], ("through", "\"none\"")),
        Lease("start"),
        Lease("progress", ["progress"], ("progress", "0.5"), ("message", "\"m\"")),
        Lease("log", ["lines"], ("lines", "[\"l\"]")),
        Lease("complete", [], ("result", "1"), ("usage", """{"cost_usd":1}"""), ("result_ref", """{"blob":"b","bytes":1,"sha256":"s","content_type":"c"}""")),
        Lease("fail", ["error"], ("error", """{"code":"c","message":"m"}"""), ("retryable", "true"), ("retry_after_ms", "5"), ("usage", """{"input_tokens":1}""")),
        Lease("refuse", [], ("reason", "\"r\"")),
        Lease("release", [], ("reason", "\"r\"")),
        Lease("cancelled"),
    ];

    /// <summary>One lease renewed. That it is not in force is an answer, not an error.</summary>
    public static Ask Renewal { get; } = Of("lease.renew", "POST", "/leases/{task}/renew", ["attempt", "token"], ("task", "\"none\""), ("attempt", "1"), ("token", "1"));

    /// <summary>Fields of a task, each with a value that is wrong there.</summary>
    public static IReadOnlyList<(string Spec, string Code)> Specs { get; } =
    [
        ("""{}""", "INVALID_REQUEST"),
        ("""{"title":""}""", "INVALID_REQUEST"),
        ("""{"title":"   "}""", "INVALID_REQUEST"),
        ("""{"title":null}""", "INVALID_REQUEST"),
        ("""{"title":7}""", "INVALID_REQUEST"),
        ($$"""{"title":"{{new string('x', 501)}}"}""", "INVALID_REQUEST"),
        ("""{"title":"a","titel":"b"}""", "INVALID_REQUEST"),
        ("""{"title":"a","title":"b"}""", "INVALID_REQUEST"),
        ("""{"title":"a","type":"a b"}""", "INVALID_REQUEST"),
        ("""{"title":"a","swarm":"none"}""", "NOT_FOUND"),
        ("""{"title":"a","swarm":"../etc"}""", "NOT_FOUND"),
        ("""{"title":"a","requires":{"x":2}}""", "INVALID_REQUEST"),
        ("""{"title":"a","requires":{"x":1e999}}""", "INVALID_REQUEST"),
        ("""{"title":"a","requires":{"x y":0.5}}""", "INVALID_REQUEST"),
        ("""{"title":"a","priority":0}""", "INVALID_REQUEST"),
        ("""{"title":"a","priority":1.5}""", "INVALID_REQUEST"),
        ("""{"title":"a","priority":99999999999}""", "INVALID_REQUEST"),
        ("""{"title":"a","depends_on":["none"]}""", "NOT_FOUND"),
        ("""{"title":"a","depends_on":[null]}""", "INVALID_REQUEST"),
        ("""{"title":"a","join":"some"}""", "INVALID_REQUEST"),
        ("""{"title":"a","assign_to":"a.b"}""", "INVALID_REQUEST"),
        ("""{"title":"a","parent":"none"}""", "NOT_FOUND"),
        ("""{"title":"a","idempotency_key":"retry:1"}""", "INVALID_REQUEST"),
        ("""{"title":"a","idempotency_key":"a/b"}""", "INVALID_REQUEST"),
        ("""{"title":"a","metadata":{"k":1}}""", "INVALID_REQUEST"),
        ("""{"title":"a","metadata":{"":"v"}}""", "INVALID_REQUEST"),
        ("""{"title":"a","lease_ms":99}""", "INVALID_REQUEST"),
        ("""{"title":"a","lease_ms":-1}""", "INVALID_REQUEST"),
        ("""{"title":"a","max_attempts":0}""", "INVALID_REQUEST"),
        ("""{"title":"a","start_to_close_ms":0}""", "INVALID_REQUEST"),
        ("""{"title":"a","schedule_to_close_ms":1e30}""", "INVALID_REQUEST"),
        ($$"""{"title":"a","input":{{new string('[', 200)}}{{new string(']', 200)}}}""", "INVALID_REQUEST"),
        ("""null""", "INVALID_REQUEST"),
        ("""7""", "INVALID_REQUEST"),
    ];

    private static Ask Of(string type, string method, string path, string[] required, params (string, string)[] fields) =>
        new(type, method, "/api/v1" + path, fields.ToDictionary(f => f.Item1, f => f.Item2), required);

    private static Ask Lease(string verb, string[]? required = null, params (string, string)[] fields) => Of(
        $"task.{verb}", "POST", $"/leases/{{task}}/{verb}", ["attempt", "token", .. required ?? []],
        [("task", "\"none\""), ("attempt", "1"), ("token", "1"), .. fields]);
}
