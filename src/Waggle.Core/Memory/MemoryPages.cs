using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Memory;

/// <summary>Reads pages of entities along the ids of a kind.</summary>
internal static class MemoryPages
{
    // The rows of one read. A row has at most the bytes of a value that is not in a blob.
    private const int Slice = 32;

    // A page ends beyond this size of the entities that it returns, so a page may be short.
    private const int MaxBytes = 4 * 1024 * 1024;

    // Sorts after every character of a name.
    private const char Behind = '\u007f';

    public static Error BadCursor { get; } = new(ErrorCodes.InvalidRequest, "cursor must be the value that the previous page returned.");

    public static Error? Problem(int limit) =>
        limit is < 1 or > Limits.MaxPageSize ? new(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxPageSize}; it was {limit}.") : null;

    /// <summary>Returns the least text after an id.</summary>
    public static string After(string id) => id + '\u0001';

    /// <summary>Returns the end of the range of all ids with a prefix.</summary>
    public static string EndOf(string prefix) => prefix + Behind;

    /// <summary>
    /// Reads a page. The cursor is always one of an entity that the reader sees, so it names nothing else. Between two such entities the page reads any
    /// number of others: only namespaces are filtered, and <see cref="HiveOptions.MaxMemoryNamespaces"/> limits them.
    /// </summary>
    /// <param name="sees">The filter of the reader; null for all entities of the range.</param>
    /// <param name="cursor">Returns the cursor of a page that ends with this entity.</param>
    public static async Task<EntityPage<T>> ReadAsync<T>(
        HiveReader reader, EntityType<T> type, string from, string before, int limit, Func<T, bool>? sees, Func<T, string> cursor, CancellationToken cancel)
        where T : class
    {
        var found = new List<T>();
        string? last = null;
        var at = default(Position?);
        for (var bytes = 0; bytes < MaxBytes;)
        {
            var page = await reader.RangeAsync(new EntityRange(type.Name, null, from, before, Slice), cancel);
            at ??= page.At;
            foreach (var stored in page.Entities)
            {
                if (found.Count == limit) return new(found, last, at.Value);
                from = After(stored.Id);
                if (reader.Parse(stored, type) is not { } entity || sees?.Invoke(entity) == false) continue;
                bytes += stored.Body.Length;
                last = cursor(entity);
                found.Add(entity);
            }

            if (page.Entities.Count < Slice) return new(found, null, at.Value);
        }

        return new(found, last, at ?? reader.Head);
    }
}
