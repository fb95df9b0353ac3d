using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle memory …</c></summary>
internal static class MemoryCommands
{
    public static Command Create() => new("memory", "Put, get, list, search and delete values that agents and people share.")
    {
        Put(),
        Get(),
        MemoryListCommand.Create(),
        MemorySearchCommand.Create(),
        Remove(),
    };

    private static Command Put()
    {
        var (ns, key, swarm) = Names();
        var value = new Argument<string>("value") { Description = "The value: JSON, @FILE or - for standard input." };
        var ttl = new Option<Duration?>("--ttl")
        {
            Description = "End the entry after this time, for example 90s, 12h or 30d. Default: never.",
            HelpName = "duration",
            CustomParser = result =>
            {
                if (Durations.TryParse(result.Tokens[0].Value, out var duration)) return new Duration(duration);
                result.AddError($"--ttl '{result.Tokens[0].Value}' is not a duration such as 500ms, 45s, 90m, 12h or 30d.");
                return null;
            },
        };
        var version = Version("Put only if the entry has this version now; 0: only if there is none.");
        var metadata = TaskInput.Metadata("--metadata", "Metadata to store with the value. May be repeated.");
        var idempotency = new Option<string?>("--idempotency-key")
        {
            Description = "A repeated put with the same key changes nothing and prints the first answer.",
            HelpName = "key",
        };
        return HubCommand.Create(
            "put",
            "Put a value under a key, in place of what was there.",
            async call =>
            {
                var json = await TaskInput.JsonAsync(call.Get(value), "value", "'\"text\"'", call.Cancel);
                var options = new MemoryPutOptions
                {
                    Swarm = call.Get(swarm),
                    IfVersion = call.Get(version),
                    Ttl = call.Get(ttl)?.Value,
                    Metadata = call.Get(metadata) is { Count: > 0 } some ? some : null,
                    IdempotencyKey = call.Get(idempotency),
                };
                var entry = await (await call.ConnectAsync()).Memory.PutAsync(call.Get(ns), call.Get(key), json, options, call.Cancel);
                if (call.Print.IsJson) Printer.Json(entry, HubJson.Default.MemoryEntryView);
                else Printer.Pairs(Pairs(entry));
                return ExitCodes.Ok;
            },
            ns, key, value, swarm, ttl, version, metadata, idempotency);
    }

    private static Command Get()
    {
        var (ns, key, swarm) = Names();
        var raw = new Option<bool>("--raw", "-r") { Description = "Print a value that is a JSON string as its text, without quotes and escapes." };
        return HubCommand.Create(
            "get",
            "Print the value of an entry; with --json the whole entry.",
            async call =>
            {
                var entry = await (await call.ConnectAsync()).Memory.GetAsync(call.Get(ns), call.Get(key), call.Get(swarm), call.Cancel);
                if (entry is null) return Missing(call.Get(ns), call.Get(key), call.Get(swarm));
                if (call.Print.IsJson) Printer.Json(entry, HubJson.Default.MemoryView);
                else if (call.Get(raw) && entry.Value.ToElement() is { ValueKind: JsonValueKind.String } text) Printer.Text(text.GetString()!);
                else Printer.Text(JsonText.ForTerminal(entry.Value));
                return ExitCodes.Ok;
            },
            ns, key, swarm, raw);
    }

    private static Command Remove()
    {
        var (ns, key, swarm) = Names();
        var version = Version("Delete only if the entry has this version now.");
        return HubCommand.Create(
            "rm",
            "Delete an entry.",
            async call =>
            {
                var memory = (await call.ConnectAsync()).Memory;
                var deleted = await memory.DeleteAsync(call.Get(ns), call.Get(key), call.Get(swarm), call.Get(version), call.Cancel);
                if (!deleted) return Missing(call.Get(ns), call.Get(key), call.Get(swarm));
                if (call.Print.IsJson) Printer.Json(writer => WriteDeleted(writer, call.Get(ns), call.Get(key)));
                return ExitCodes.Ok;
            },
            ns, key, swarm, version);
    }

    private static (Argument<string> Namespace, Argument<string> Key, Option<string?> Swarm) Names() => (
        new Argument<string>("namespace") { Description = "The namespace." },
        new Argument<string>("key") { Description = "The key." },
        MemoryListCommand.Swarm());

    private static Option<long?> Version(string description) => new("--if-version") { Description = description, HelpName = "version" };

    private static int Missing(string ns, string key, string? swarm) =>
        Cli.Fail($"There is no entry '{key}' in memory namespace '{ns}'{(swarm is null ? "" : $" of swarm '{swarm}'")}.", ExitCodes.Failed);

    private static void WriteDeleted(Utf8JsonWriter writer, string ns, string key)
    {
        writer.WriteStartObject();
        writer.WriteString("namespace"u8, ns);
        writer.WriteString("key"u8, key);
        writer.WriteBoolean("deleted"u8, true);
        writer.WriteEndObject();
    }

    private static IEnumerable<(string, string?)> Pairs(MemoryEntryView e) =>
    [
        ("namespace", e.Namespace), ("key", e.Key), ("swarm", e.Swarm), ("version", e.Version.ToString(CultureInfo.InvariantCulture)),
        ("bytes", e.Bytes.ToString(CultureInfo.InvariantCulture)), ("created", e.Created ? "yes" : "no"),
        ("expires", e.ExpiresAt is { } at ? Printer.Time(at) : null),
    ];
}
