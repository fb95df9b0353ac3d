using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The requests of clients, by the real server's <c>action</c>s. HTTP uses the same bodies.</summary>
internal static class Requests
{
    /// <summary>The proficiency of a capability that is named without one.</summary>
    private const double Whole = 1;

    private const int Medium = 3;

    public static DeclareAgent CreateAgent(PayloadReader payload, Principal by)
    {
        var type = payload.RequiredText("type", "agent_type");
        return new DeclareAgent(
            null,
            payload.RequiredText("name"),
            Vocabulary.ReadType(type)
                ?? throw PayloadReader.Invalid(
                    $"type is one of {string.Join(", ", Vocabulary.AgentTypes.Select(t => t.Word))}, in any case, a specialist's field behind a colon; it "
                        + $"was '{PayloadReader.Clip(type)}'."),
            payload.Text("swarm_id", "swarm"),
            Capabilities(payload, ["capabilities"], ["proficiency", "level"]) ?? new Dictionary<string, double>(StringComparer.Ordinal))
        { By = by };
    }

    /// <param name="dashboard">Whether priorities are those of the dashboard, 1 to 10. Otherwise numbers up to 4 are those of the document.</param>
    public static CreateTasks CreateTask(PayloadReader payload, Principal by, bool dashboard)
    {
        if (payload.Find("callback_url") is not null)
        {
            throw new DialectException(new Error(ErrorCodes.NotAvailable, "callback_url: this hub sends no callbacks; listen for task_completed."));
        }

        var description = payload.Text("description");
        var title = payload.Text("title", "name") ?? description ?? payload.RequiredText("description");
        description ??= title;
        if (title.Length > Limits.MaxTitleLength) title = PlainText.Clip(title, Limits.MaxTitleLength);
        var retries = payload.Whole("max_retries");
        var spec = new TaskSpec
        {
            Title = title,
            Type = payload.Text("type", "task_type"),
            Priority = Priority(payload, dashboard) ?? Medium,
            Swarm = payload.Text("swarm_id", "swarm"),
            Requires = Capabilities(payload, ["required_capabilities"], ["min_proficiency", "minimum_proficiency", "proficiency"]),
            AssignTo = payload.Text("assigned_agent", "agent_id"),
            Input = payload.Find("parameters", "input") is var (input, _) ? RawJson.From(input) : default,
            Metadata = description == title ? null : new Dictionary<string, string>(StringComparer.Ordinal) { [JsonShapes.Description] = description },
            StartToCloseMs = payload.Number("timeout_seconds") is { } seconds ? (long)Math.Clamp(seconds * 1000, -1, 1e15) : null,
            MaxAttempts = retries is { } more ? Math.Max(0, more) + 1 : null,
        };
        return new CreateTasks([spec]) { By = by };
    }

    /// <summary>Parses the body of a request or a message of the socket, which must be an object.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> text)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
        }
        catch (JsonException e)
        {
            throw new DialectException(new Error(ErrorCodes.MalformedMessage, $"This is not JSON: {JsonFault.Describe(e)}"));
        }

        return json.ValueKind == JsonValueKind.Object
            ? json
            : throw new DialectException(new Error(ErrorCodes.MalformedMessage, "A message is a JSON object."));
    }

    private static int? Priority(PayloadReader payload, bool dashboard)
    {
        if (payload.Find("priority") is not var (value, name)) return null;
        var priority = PayloadReader.NumberOf(value) is { } number ? Vocabulary.ReadPriority(number, dashboard || number > 4)
            : value.ValueKind == JsonValueKind.String ? Vocabulary.ReadPriority(value.GetString()!)
            : null;
        return priority ?? throw PayloadReader.Wrong(name, "low, medium, high or critical, or a number from 1 to 10", value);
    }

    // [{name, proficiency}], ["name"] and {"name": proficiency}.
    private static Dictionary<string, double>? Capabilities(PayloadReader payload, ReadOnlySpan<string> names, ReadOnlySpan<string> degrees)
    {
        if (payload.Find(names) is not var (value, field)) return null;
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                found[property.Name] = PayloadReader.NumberOf(property.Value)
                    ?? throw PayloadReader.Wrong($"{field}.{property.Name}", "a number from 0 to 1", property.Value);
            }

            return found;
        }

        if (value.ValueKind != JsonValueKind.Array) throw PayloadReader.Wrong(field, "an array of {name, …}", value);
        foreach (var (i, element) in value.EnumerateArray().Index())
        {
            if (element.ValueKind == JsonValueKind.String)
            {
                found[element.GetString()!] = Whole;
                continue;
            }

            var capability = new PayloadReader(element, $"{field}[{i}]");

            // The forms of the dashboard begin with an empty line.
            if (capability.Text("name") is "") continue;
            found[capability.RequiredText("name")] = capability.Number(degrees) ?? Whole;
        }

        return found;
    }
}
