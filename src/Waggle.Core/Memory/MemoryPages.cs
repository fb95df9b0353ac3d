using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Memory;

/// <summary>Reads pages of entities along the ids of a kind.</summary>
internal static class MemoryPages
{
    // The rows of one read. A row has at most the bytes of a value that is not in a blob.
    private const int Slice = 32;

    // The limit of entities that a page reads, so a page may be short.
    private const int MaxLooked = 1000;
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

    /// <param name="cursor">Returns the cursor of a page that ends with this entity.</param>
    public static async Task<EntityPage<T>> ReadAsync<T>(
        HiveReader reader, EntityType<T> type, string from, string before, int limit, Func<T, bool> sees, Func<T, string> cursor, CancellationToken cancel)
        where T : class
    {
        var found = new List<T>();
        string? last = null;
        var at = default(Position?);
        for (int looked = 0, bytes = 0; looked < MaxLooked && bytes < MaxBytes;)
        {
            var page = await reader.RangeAsync(new EntityRange(type.Name, null, from, before, Slice), cancel);
            at ??= page.At;
            foreach (var stored in page.Entities)
            {
                if (found.Count == limit) return new(found, last, at.Value);
                looked++;
                bytes += stored.Body.Length;
                from = After(stored.Id);
                if (reader.Parse(stored, type) is not { } entity) continue;
                last = cursor(entity);
                if (sees(entity)) found.Add(entity);
            }

            if (page.Entities.Count < Slice) return new(found, null, at.Value);
        }

        return new(found, last, at ?? reader.Head);
    }
}
