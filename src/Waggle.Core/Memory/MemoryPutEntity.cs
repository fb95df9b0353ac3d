using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Memory;

/// <summary>
/// A put with an idempotency key, and its answer: a repetition gets the answer again. It is closed from the start and stored with the commit of its entry.
/// </summary>
public sealed record MemoryPutEntity
{
    public static EntityKind Entity { get; } = new("memory_put", []);

    public int V { get; init; } = 1;
    public required string Id { get; init; }

    /// <summary>The offset of the record of the put.</summary>
    public required long Seq { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The SHA-256 of what the put asked for, by which a different one under the same key is found.</summary>
    public required string Request { get; init; }

    /// <summary>The answer without the metadata, which a repetition brings itself. Rows of earlier versions have it.</summary>
    public required MemoryEntryView Entry { get; init; }

    [JsonIgnore]
    internal EntityKey Key => new(Entity.Name, Id);

    /// <summary>Returns the id of a put: one caller may use a key once in a namespace.</summary>
    internal static string IdOf(PutMemory put) => IdempotentId.Of("mp", put.Swarm ?? "", put.Namespace, put.By.Subject, put.IdempotencyKey!);

    internal static string RequestOf(PutMemory put, MemoryContent content)
    {
        var text = new StringBuilder();
        text.Append(put.Key).Append('\n').Append(content.Sha256).Append('\n').Append(put.IfVersion).Append('\n').Append(put.Ttl?.Ticks).Append('\n');
        foreach (var (name, value) in (put.Metadata ?? new Dictionary<string, string>()).OrderBy(m => m.Key, StringComparer.Ordinal))
            text.Append(name.Length).Append(':').Append(name).Append(value.Length).Append(':').Append(value);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
