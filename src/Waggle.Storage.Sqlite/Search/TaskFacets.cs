using System.Security.Cryptography;
using System.Text;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>
/// The words of a task's properties, by which FTS5 selects in the same pass as by the words of the text. A property is hashed, because a name may have
/// characters that divide words. A task found by an equal hash of another name is excluded by the caller, who reads the task.
/// </summary>
internal static class TaskFacets
{
    private const int HashBytes = 8;

    public static string Of(TaskIndexEntry task)
    {
        var text = new StringBuilder(128).Append(Word('w', task.Swarm)).Append(' ').Append(Word('s', task.State));
        if (task.Type is { } type) text.Append(' ').Append(Word('t', type));
        if (task.Parent is { } parent) text.Append(' ').Append(Word('p', parent));
        if (task.Error is { } error) text.Append(' ').Append(Word('f', error.Fingerprint));
        return text.ToString();
    }

    /// <summary>Returns the query of FTS5; null if it selects all tasks.</summary>
    public static string? Match(TaskIndexQuery query)
    {
        var all = new List<string>();
        if (query.Swarms is { } swarms) all.Add(Any('w', swarms));
        if (query.States is { } states) all.Add(Any('s', states));
        if (query.Type is { } type) all.Add(Any('t', [type]));
        if (query.Parent is { } parent) all.Add(Any('p', [parent]));
        if (query.Fingerprint is { } fingerprint) all.Add(Any('f', [fingerprint]));
        all.AddRange(query.Terms.Select(w => w.EndsWith('*') ? $"body : \"{w[..^1]}\" *" : $"body : \"{w}\""));
        return all.Count == 0 ? null : string.Join(" AND ", all);
    }

    private static string Any(char kind, IReadOnlyList<string> names) => $"facet : ({string.Join(" OR ", names.Select(n => Word(kind, n)))})";

    private static string Word(char kind, string name) =>
        kind + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, HashBytes));
}
