using System.CommandLine;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle memory search</c></summary>
internal static class MemorySearchCommand
{
    private static readonly Dictionary<string, MemorySearchMode> Modes = Enum.GetValues<MemorySearchMode>().ToDictionary(SnakeCase.Of, StringComparer.Ordinal);

    public static Command Create()
    {
        var query = new Argument<string>("query") { Description = "The text to search for." };
        var ns = new Option<string?>("--namespace", "-n") { Description = "Search only this namespace. Default: all that you reach." };
        var swarm = HubIds.SwarmOption("--swarm", "The swarm of the namespace; without --namespace, search only the namespaces of this swarm.");
        var prefix = new Option<string?>("--prefix") { Description = "Search only keys of the namespace that begin so." };
        var limit = Numbers.Option("--limit", "The maximum number of results.", least: 1, most: Limits.MaxSearchResults, standard: 10);
        var threshold = new Option<double?>("--threshold") { Description = "The least cosine of a result, 0 to 1. Default: none.", HelpName = "cosine" };
        var mode = new Option<string>("--mode")
        {
            Description = "hybrid: words and meaning. lexical: words. vector: meaning.",
            DefaultValueFactory = _ => "hybrid",
        };
        mode.AcceptOnlyFromAmong([.. Modes.Keys]);
        return HubCommand.Create(
            "search",
            "Search values by words and by meaning.",
            async call =>
            {
                var options = new MemorySearchOptions
                {
                    Namespace = call.Get(ns),
                    Swarm = call.Get(swarm),
                    Prefix = call.Get(prefix),
                    Limit = call.Get(limit),
                    Threshold = call.Get(threshold),
                    Mode = Modes[call.Get(mode)!],
                };
                var found = await (await call.ConnectAsync()).Memory.SearchAsync(call.Get(query), options, call.Cancel);
                if (call.Print.IsJson) Printer.Json(found, HubJson.Default.MemorySearchResult);
                else Print(found);
                return ExitCodes.Ok;
            },
            query, ns, swarm, prefix, limit, threshold, mode);
    }

    private static void Print(MemorySearchResult found)
    {
        Printer.Table(["SCORE", "NAMESPACE", "KEY", "TEXT"], [.. found.Results.Select(h => Row(found, h))]);
        foreach (var note in Notes(found)) Printer.Note(note);
    }

    private static string?[] Row(MemorySearchResult found, MemoryHit hit) =>
    [
        found.Mode == MemorySearchMode.Lexical
            ? hit.Bm25?.ToString("0.00", CultureInfo.InvariantCulture)
            : hit.Score?.ToString("0.000", CultureInfo.InvariantCulture),
        hit.Swarm is null ? hit.Namespace : $"{hit.Swarm}/{hit.Namespace}",
        hit.Key,
        hit.Excerpt?.ReplaceLineEndings(" "),
    ];

    private static IEnumerable<string> Notes(MemorySearchResult found)
    {
        if (found.BelowThreshold > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{found.BelowThreshold} entries were below the threshold, the best with {found.BestBelow:0.000}.");
        }

        if (found.Reduced is { } reason) yield return $"Searched by words only. {reason}";
        if (found.Index.Rebuild is { } rebuild) yield return $"The index is being filled: it has {rebuild.Done} of {rebuild.Total} entries.";
        if (found.Index.PendingVectors > 0) yield return $"{found.Index.PendingVectors} entries wait for their vector and are found by words only.";
        if (found.Index.Problem is { } problem) yield return problem;
    }
}
