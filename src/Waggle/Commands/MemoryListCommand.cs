using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle memory list</c></summary>
internal static class MemoryListCommand
{
    public static Command Create()
    {
        var ns = new Argument<string?>("namespace")
        {
            Description = "The namespace. Left out: the namespaces themselves, with their sizes.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prefix = new Argument<string?>("prefix") { Description = "Only keys that begin so.", Arity = ArgumentArity.ZeroOrOne };
        var swarm = Swarm();
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        var all = new Option<bool>("--all") { Description = "No limit." };
        return HubCommand.Create(
            "list",
            "List the entries of a namespace without their values, or the namespaces.",
            call =>
            {
                var most = call.Get(all) ? int.MaxValue : call.Get(limit);
                return call.Get(ns) is { } name
                    ? EntriesAsync(call, name, call.Get(prefix), call.Get(swarm), most)
                    : NamespacesAsync(call, call.Get(swarm), most);
            },
            ns, prefix, swarm, limit, all);
    }

    public static Option<string?> Swarm() =>
        HubIds.SwarmOption("--swarm", "The swarm that the namespace belongs to. Default: a namespace that the hive shares.");

    private static async Task<int> EntriesAsync(HubCall call, string ns, string? prefix, string? swarm, int most)
    {
        var (entries, more) = await TakeAsync((await call.ConnectAsync()).Memory.ListAsync(ns, prefix, swarm, call.Cancel), most);
        if (call.Print.IsJson)
            Printer.Json(writer => Write(writer, "entries", entries, more, static (w, e) => JsonSerializer.Serialize(w, e, HubJson.Default.MemoryEntryView)));
        else Printer.Table(["KEY", "VERSION", "BYTES", "UPDATED", "BY", "EXPIRES"], [.. entries.Select(Row)]);
        if (more) Printer.Note("There are more entries: use --all or a larger --limit.");
        return ExitCodes.Ok;
    }

    private static async Task<int> NamespacesAsync(HubCall call, string? swarm, int most)
    {
        var (namespaces, more) = await TakeAsync((await call.ConnectAsync()).Memory.ListNamespacesAsync(swarm, call.Cancel), most);
        if (call.Print.IsJson)
            Printer.Json(w => Write(w, "namespaces", namespaces, more, static (w, n) => JsonSerializer.Serialize(w, n, HubJson.Default.MemoryNamespaceView)));
        else Printer.Table(["NAMESPACE", "SWARM", "ENTRIES", "BYTES", "UPDATED"], [.. namespaces.Select(Row)]);
        if (more) Printer.Note("There are more namespaces: use --all or a larger --limit.");
        return ExitCodes.Ok;
    }

    private static async Task<(List<T> Found, bool More)> TakeAsync<T>(IAsyncEnumerable<T> all, int most)
    {
        var found = new List<T>();
        await foreach (var one in all)
        {
            if (found.Count == most) return (found, true);
            found.Add(one);
        }

        return (found, false);
    }

    private static void Write<T>(Utf8JsonWriter writer, string name, List<T> rows, bool more, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        writer.WriteStartArray(name);
        foreach (var row in rows) write(writer, row);
        writer.WriteEndArray();
        writer.WriteBoolean("more"u8, more);
        writer.WriteEndObject();
    }

    private static string?[] Row(MemoryEntryView e) =>
    [
        e.Key, Number(e.Version), Number(e.Bytes), Printer.Time(e.UpdatedAt), e.UpdatedBy, e.ExpiresAt is { } at ? Printer.Time(at) : null,
    ];

    private static string?[] Row(MemoryNamespaceView n) => [n.Namespace, n.Swarm, Number(n.Entries), Number(n.Bytes), Printer.Time(n.UpdatedAt)];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
