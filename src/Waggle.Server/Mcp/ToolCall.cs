using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Server.Mcp;

/// <summary>One call of a tool: its arguments, and the hub with the rights of the caller.</summary>
internal sealed class ToolCall(IReadOnlyDictionary<string, JsonElement> arguments, Principal by, McpParts parts, CancellationToken cancel)
{
    public McpParts Parts => parts;

    public CancellationToken Cancel => cancel;

    /// <summary>The task to which the caller is limited; null for a caller without a limit.</summary>
    public TaskScope? Scope { get; set; }

    /// <summary>The caller.</summary>
    /// <exception cref="ToolFault">Its token was revoked while the request was read.</exception>
    public Principal By => parts.Hive.Revoked.Contains(by.TokenId)
        ? throw new ToolFault(new(ErrorCodes.Unauthenticated, "The token was revoked. Use another token."))
        : by;

    /// <summary>Whether the argument is there, and be it JSON null.</summary>
    public bool IsGiven(string name) => arguments.ContainsKey(name);

    public bool Has(string name) => arguments.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Returns a text; null if it is absent.</summary>
    public string? Text(string name)
    {
        if (!Has(name)) return null;
        var value = arguments[name];
        if (value.ValueKind != JsonValueKind.String) throw ToolFault.Invalid($"{name} is a text; it was {Named(value)}.");

        // Clients send halves of surrogate pairs, which no reader decodes.
        return RawJson.From(value).ToElement().GetString();
    }

    public string Required(string name) =>
        Text(name) is { Length: > 0 } text ? text : throw ToolFault.Invalid($"{name} is missing.", $"Call the tool again with {name}.");

    /// <summary>Returns an id that the caller must give.</summary>
    public string Id(string name)
    {
        var id = Required(name);
        return Ids.IsValid(id) ? id : throw ToolFault.Invalid(Ids.Rule(name, id));
    }

    /// <summary>Returns an id that the caller may give; null if it is absent.</summary>
    public string? OptionalId(string name) => Text(name) is not { } id || Ids.IsValid(id) ? Text(name) : throw ToolFault.Invalid(Ids.Rule(name, id));

    /// <summary>Returns the swarm: the one that the caller names, or that of its task.</summary>
    public string? Swarm()
    {
        var named = OptionalId("swarm");
        if (Scope is not { Root.Swarm: var own }) return named;
        return named is null || named == own ? own : throw Scope.OutOfScope($"Swarm {named} is not that of the task");
    }

    /// <summary>Returns the id of a task that the caller reaches.</summary>
    public async Task<string> TaskAsync(string name)
    {
        var task = Id(name);
        if (Scope is not null) await Scope.RequireAsync(this, task);
        return task;
    }

    /// <summary>Returns the id of a task that the caller may change.</summary>
    public async Task<string> SubTaskAsync(string name)
    {
        var task = Id(name);
        if (Scope is not null) await Scope.RequireBelowAsync(this, task);
        return task;
    }

    /// <summary>Returns the parent: the one that the caller names, or its task.</summary>
    public async Task<string?> ParentAsync()
    {
        var parent = OptionalId("parent");
        if (Scope is null) return parent;
        if (parent is null) return Scope.Root.Id;
        await Scope.RequireAsync(this, parent);
        return parent;
    }

    public long? Number(string name, long least, long most)
    {
        if (!Has(name)) return null;
        var value = arguments[name];
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most) return number;
        throw ToolFault.Invalid($"{name} is a whole number, {least} to {most}; it was {Named(value)}.");
    }

    public bool Flag(string name)
    {
        if (!Has(name)) return false;
        var value = arguments[name];
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw ToolFault.Invalid($"{name} is true or false; it was {Named(value)}.");
    }

    /// <summary>Returns any JSON; null as JSON null.</summary>
    public RawJson Json(string name) => arguments.TryGetValue(name, out var value) ? RawJson.From(value) : default;

    public IReadOnlyList<string>? Texts(string name)
    {
        if (!Has(name)) return null;
        var value = RawJson.From(arguments[name]).ToElement();
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : throw ToolFault.Invalid($"{name} is an array of texts; it was {Named(value)}.");
    }

    public IReadOnlyDictionary<string, double>? Numbers(string name)
    {
        if (!Has(name)) return null;
        var value = RawJson.From(arguments[name]).ToElement();
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.Number))
            throw ToolFault.Invalid($"{name} is an object of names and numbers; it was {Named(value)}.");
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject()) numbers[property.Name] = property.Value.GetDouble();
        return numbers;
    }

    /// <summary>Sends a command to the hive.</summary>
    /// <exception cref="ToolFault">The hive refused it.</exception>
    public async Task<T> AskAsync<T>(Command<T> command)
    {
        var outcome = await parts.Hive.AskAsync(command, cancel);
        return outcome.Error is { } error ? throw new ToolFault(error) : outcome.Value!;
    }

    /// <summary>Queries the store.</summary>
    /// <exception cref="ToolFault">The hive refused it.</exception>
    public async Task<T> QueryAsync<T>(Query<T> query)
    {
        var outcome = await parts.Hive.QueryAsync(query, cancel);
        return outcome.Error is { } error ? throw new ToolFault(error) : outcome.Value!;
    }

    private static string Named(JsonElement value) => PlainText.Clip(PlainText.OneLine(value.GetRawText()), 100);
}
