using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Search;

/// <summary>Validates searches and decides which groups of entries a principal searches.</summary>
internal static class SearchRules
{
    public static MemorySearchMode ModeOf(SearchMemory search) =>
        search.Mode ?? (search.Text is null ? MemorySearchMode.Vector : MemorySearchMode.Hybrid);

    /// <summary>Returns why a search is rejected; null for a valid one.</summary>
    public static Error? Refusal(SearchMemory search)
    {
        if (!search.By.Allowed(Permissions.ReadMemory)) return new(ErrorCodes.Forbidden, search.By.Missing(Permissions.ReadMemory));
        if (search.Namespace is { } ns && MemoryRules.Refusal(search.By, Permissions.ReadMemory, search.Swarm, ns) is { } refusal) return refusal;
        if (search.Swarm is { } swarm && !search.By.Reaches(swarm)) return new(ErrorCodes.Forbidden, search.By.OutOfReach(swarm));
        return (search.Swarm is { } named ? MemoryRules.Name("swarm", named) : null) ?? Prefix(search) ?? Question(search) ?? Numbers(search);
    }

    /// <summary>Returns the groups that the search reads; null for all.</summary>
    /// <param name="all">Every group that has entries.</param>
    public static IReadOnlyList<string>? GroupsOf(SearchMemory search, IReadOnlyList<string> all)
    {
        if (search.Namespace is { } ns) return [MemoryNamespaceEntity.IdOf(search.Swarm, ns)];
        if (search is { Swarm: null, By: { Swarms: null, Namespaces: null } }) return null;
        return [.. all.Where(group => IsReached(search, group))];
    }

    public static Error WrongLength(int length, int dimensions, string embedder) => Bad(
        $"vector has {length} numbers; those of the embedder '{embedder}' have {dimensions}. Only vectors of the same embedder can be compared.");

    private static bool IsReached(SearchMemory search, string group)
    {
        var slash = group.IndexOf('/', StringComparison.Ordinal);
        var (swarm, ns) = (slash == 0 ? null : group[..slash], group[(slash + 1)..]);
        return (search.Swarm is null || search.Swarm == swarm) && MemoryRules.OutOfReach(search.By, swarm, ns) is null;
    }

    private static Error? Prefix(SearchMemory search)
    {
        if (string.IsNullOrEmpty(search.Prefix)) return null;
        return search.Namespace is null
            ? Bad("prefix is the beginning of keys in a namespace: give the namespace, too.")
            : MemoryRules.Name("prefix", search.Prefix);
    }

    private static Error? Question(SearchMemory search)
    {
        if (search.Text is null && search.Vector is null) return Bad("Give a query (text), a vector, or both.");
        if (search.Text is { } text && string.IsNullOrWhiteSpace(text)) return Bad("query is empty.");
        if (search.Text?.Length > Limits.MaxSearchQueryLength)
            return Bad($"query has at most {Limits.MaxSearchQueryLength} characters; it had {search.Text.Length}.");
        if (search.Vector is { } vector && Vector(vector) is { } problem) return problem;
        return ModeOf(search) switch
        {
            MemorySearchMode.Lexical when search.Text is null => Bad("mode lexical searches by words: give a query."),
            MemorySearchMode.Hybrid when search.Text is null => Bad("mode hybrid searches by words and by vector: give a query, or use mode vector."),
            MemorySearchMode.Lexical when search.Vector is not null => Bad("mode lexical uses no vector: leave it out, or use mode vector or hybrid."),
            MemorySearchMode.Lexical when search.Threshold is not null =>
                Bad("threshold is a cosine, and mode lexical computes none: its bm25 scores have no fixed scale."),
            _ => null,
        };
    }

    private static Error? Vector(IReadOnlyList<float> vector)
    {
        if (vector.Count is 0 or > Limits.MaxSearchVectorLength) return Bad($"vector has 1 to {Limits.MaxSearchVectorLength} numbers; it had {vector.Count}.");
        if (vector.Any(v => !float.IsFinite(v))) return Bad("vector has a number that is not finite.");
        return vector.All(v => v == 0) ? Bad("vector has only zeros, so it has no direction.") : null;
    }

    private static Error? Numbers(SearchMemory search)
    {
        if (search.Limit is < 1 or > Limits.MaxSearchResults) return Bad($"limit is 1 to {Limits.MaxSearchResults}; it was {search.Limit}.");
        return search.Threshold is { } threshold && !(threshold >= 0 && threshold <= 1)
            ? Bad("threshold is a cosine from 0 to 1. Leave it out for the best entries, however far they are.")
            : null;
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
