using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private const string Sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public static MemoryEntity MemoryEntry => new()
    {
        Seq = 9,
        Namespace = "notes",
        Key = "plan",
        Swarm = "default",
        Version = 12,
        Bytes = 27,
        Sha256 = Sha256,
        Value = RawJson.Parse("""{"step":1}"""),
        Blob = "memory-1~" + Sha256,
        Metadata = new Dictionary<string, string> { ["source"] = "scout" },
        CreatedAt = At,
        UpdatedAt = At,
        UpdatedBy = "ann",
        ExpiresAt = At,
    };

    public static MemoryNamespaceEntity MemoryNamespace =>
        new() { Seq = 9, Namespace = "notes", Swarm = "default", Entries = 2, Bytes = 38, CreatedAt = At, UpdatedAt = At };

    public static MemoryPutEntity MemoryPut => new()
    {
        Id = "mp-1",
        Seq = 12,
        At = At,
        Request = Sha256,
        Entry = new()
        {
            Namespace = "notes",
            Key = "plan",
            Swarm = "default",
            Version = 12,
            Bytes = 27,
            Sha256 = Sha256,
            Metadata = new Dictionary<string, string> { ["source"] = "scout" },
            CreatedAt = At,
            UpdatedAt = At,
            UpdatedBy = "ann",
            ExpiresAt = At,
            Created = true,
        },
    };

    public static MemoryPutCountEntity MemoryPutCount =>
        new() { Seq = 12, Namespace = "notes", Swarm = "default", Since = At, Current = 3, Previous = 7, At = At };

    private static IEnumerable<RecordData> OfMemory =>
    [
        new MemoryStored
        {
            Namespace = "notes", Key = "plan", Swarm = "default", Version = 12, Bytes = 27, Sha256 = Sha256, ReplacedBytes = 11, ExpiresAt = At, StoredBy = "ann",
        },
        new MemoryDeleted { Namespace = "notes", Key = "plan", Swarm = "default", Version = 12, Bytes = 27, DeletedBy = "ann" },
        new MemoryExpired { Namespace = "notes", Key = "plan", Swarm = "default", Version = 12, Bytes = 27, ExpiresAt = At },
    ];
}
