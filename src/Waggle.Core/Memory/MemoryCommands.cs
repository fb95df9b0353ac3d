using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Memory;

/// <summary>Stores a value under a namespace and a key and replaces the previous one, with its metadata and its time to live.</summary>
/// <param name="Swarm">The swarm of the namespace; null for a namespace that the whole hive shares.</param>
/// <param name="IfVersion">The version that the entry must have now; 0 requires that there is none, and null replaces any version.</param>
/// <param name="Ttl">The time after which the entry ends; null for no end.</param>
public sealed record PutMemory(string Namespace, string Key, RawJson Value, string? Swarm = null, long? IfVersion = null, TimeSpan? Ttl = null)
    : Command<MemoryEntryView>
{
    public override string Right => Permissions.WriteMemory;

    public override bool Creates => true;

    public override int Bytes => Value.Utf8.Length;

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>A repeated put of the same subject with the same key, in the same namespace, changes nothing and gets the first answer.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The size and hash of the value, and the blob of a long one; null before <see cref="PrepareAsync"/>.</summary>
    internal MemoryContent? Content { get; init; }

    /// <summary>
    /// Returns the time to live that a message gives in milliseconds. A number that no <see cref="TimeSpan"/> can hold becomes one that is out of range.
    /// </summary>
    public static TimeSpan? After(long? milliseconds) =>
        milliseconds is { } ms ? TimeSpan.FromMilliseconds((double)Math.Clamp(ms, -1, MemoryRules.MaxTtlMs + 1)) : null;

    public override string? Refusal(IHiveView hive) => MemoryRules.OutOfReach(By, Swarm, Namespace);

    public override Error? Malformed() => MemoryRules.Names(Swarm, Namespace) ?? MemoryRules.Name("key", Key) ?? MemoryRules.Version(IfVersion)
        ?? MemoryRules.Ttl(Ttl) ?? MemoryRules.Metadata(Metadata) ?? IdempotentId.Problem(IdempotencyKey)
        ?? (Bytes > Limits.MaxMemoryValueBytes ? MemoryRules.TooLarge(Bytes) : null);

    // A principal without the permission writes no blob; the loop answers it.
    internal override async ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel)
    {
        if (!By.Allowed(Right) || MemoryRules.OutOfReach(By, Swarm, Namespace) is not null || Malformed() is not null) return (this, null);
        if (reader.Blobs is not null && MemoryContent.IsLong(Value))
        {
            var checkedPut = await reader.AskAsync(new CheckPut(this) { By = By }, cancel);
            if (checkedPut.Error is { } refusal) return (this, refusal);

            // A repetition writes no blob, so it gets its answer also while the disk is full.
            if (checkedPut.Value is { Repeats: true })
            {
                await ThreadPoolSwitch.Switch();
                return (this with { Content = MemoryContent.Of(Value) }, null);
            }
        }

        var (content, problem) = await MemoryContent.KeepAsync(this, reader.Blobs, cancel);
        return (content is null ? this : this with { Content = content, Value = content.Inline }, problem);
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        keys.Add(MemoryEntity.KeyOf(Swarm, Namespace, Key));
        if (IdempotencyKey is null) return;
        keys.Add(new(MemoryPutEntity.Entity.Name, MemoryPutEntity.IdOf(this)));
        keys.Add(MemoryPutCountEntity.KeyOf(Swarm, Namespace));
    }

    public override Decision<MemoryEntryView> Decide(IHiveView view, in DecisionContext context)
    {
        var content = Content ?? MemoryContent.Of(Value);
        if (First(view) is { } first)
        {
            return first.Request == MemoryPutEntity.RequestOf(this, content)
                ? Decision.Of(first.Entry with { Duplicate = true, Metadata = Metadata is { Count: 0 } ? null : Metadata })
                : IdempotentId.Conflict(IdempotencyKey!, $"a put of '{first.Entry.Key}'");
        }

        if (Problem(view, context, content.Bytes) is { } problem) return Decision.Reject(problem, []);
        var (there, expired) = Find(view, context.Now);
        var records = new List<RecordData>(3);
        if (expired is not null) records.Add(ExpireMemory.Of(expired));
        var version = view.NextOffset + records.Count;
        var stored = new MemoryStored
        {
            Namespace = Namespace,
            Key = Key,
            Swarm = Swarm,
            Version = version,
            Bytes = content.Bytes,
            Sha256 = content.Sha256,
            ReplacedBytes = there?.Bytes,
            ExpiresAt = context.Now + Ttl,
            StoredBy = By.Subject,
        };
        records.Add(stored);
        records.Add(new MemoryContentKept(stored.Id, content.Inline, content.Blob, Metadata is { Count: 0 } ? null : Metadata));
        var entry = MemoryEvolver.Store(there, stored, version, context.Now) with { Metadata = Metadata is { Count: 0 } ? null : Metadata };
        var shown = MemoryViews.Of(entry) with { Created = there is null };
        if (IdempotencyKey is not null)
            records.Add(new MemoryPutKept(MemoryPutEntity.IdOf(this), MemoryPutEntity.RequestOf(this, content), shown with { Metadata = null }));
        return Decision.Of(shown, records);
    }

    /// <summary>The earlier put with the same idempotency key; null if there is none.</summary>
    internal MemoryPutEntity? First(IHiveView view) => IdempotencyKey is null ? null : view.View<IMemoryView>().Put(MemoryPutEntity.IdOf(this));

    /// <summary>Returns why the hive refuses the put of a value of this length now, or null.</summary>
    internal Error? Problem(IHiveView view, in DecisionContext context, long bytes)
    {
        if (Swarm is not null && view.Swarm(Swarm) is null) return new(ErrorCodes.NotFound, $"There is no swarm '{Swarm}'.");
        var (there, expired) = Find(view, context.Now);
        if (IfVersion is { } expected && expected != (there?.Version ?? 0)) return MemoryRules.Conflict(there, expected, Key);
        if (IdempotencyKey is not null && MemoryQuota.OfKeys(view, context, Swarm, Namespace) is { } over) return over;
        var added = bytes - ((expired ?? there)?.Bytes ?? 0);
        return MemoryQuota.Problem(view, context.Options, Swarm, Namespace, added, isNew: (expired ?? there) is null);
    }

    private (MemoryEntity? There, MemoryEntity? Expired) Find(IHiveView view, DateTimeOffset now)
    {
        var found = view.Memory(Swarm, Namespace, Key);
        return found?.HasExpired(now) == true ? (null, found) : (found, null);
    }
}

/// <summary>Asks whether the hive would refuse a put now, before the put writes its value to the disk. The put itself is checked again.</summary>
internal sealed record CheckPut(PutMemory Put) : Command<PutCheck>
{
    public override string Right => Put.Right;

    internal override bool OnlyReads => true;

    public override string? Refusal(IHiveView hive) => Put.Refusal(hive);

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => Put.CollectColdKeys(view, keys);

    public override Decision<PutCheck> Decide(IHiveView view, in DecisionContext context)
    {
        if (Put.First(view) is not null) return Decision.Of(new PutCheck(true));
        return Put.Problem(view, context, Put.Bytes) is { } problem ? Decision.Reject(problem, []) : Decision.Of(new PutCheck(false));
    }
}

/// <param name="Repeats">Whether there was a put with the same idempotency key.</param>
internal sealed record PutCheck(bool Repeats);

/// <summary>Deletes an entry. The result is the deleted entry.</summary>
/// <param name="IfVersion">The version that the entry must have now; null for any.</param>
public sealed record DeleteMemory(string Namespace, string Key, string? Swarm = null, long? IfVersion = null) : Command<MemoryEntryView>
{
    public override string Right => Permissions.WriteMemory;

    public override string? Refusal(IHiveView hive) => MemoryRules.OutOfReach(By, Swarm, Namespace);

    public override Error? Malformed() =>
        MemoryRules.Names(Swarm, Namespace) ?? MemoryRules.Name("key", Key) ?? MemoryRules.Version(IfVersion);

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => keys.Add(MemoryEntity.KeyOf(Swarm, Namespace, Key));

    public override Decision<MemoryEntryView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Memory(Swarm, Namespace, Key) is not { } there) return Decision.Reject(MemoryRules.Missing(Swarm, Namespace, Key), []);
        if (there.HasExpired(context.Now)) return Decision.Reject(MemoryRules.Missing(Swarm, Namespace, Key), [ExpireMemory.Of(there)]);
        if (IfVersion is { } expected && expected != there.Version) return Decision.Reject(MemoryRules.Conflict(there, expected, Key), []);
        return Decision.Of(MemoryViews.Of(there), new MemoryDeleted
        {
            Namespace = Namespace,
            Key = Key,
            Swarm = Swarm,
            Version = there.Version,
            Bytes = there.Bytes,
            DeletedBy = By.Subject,
        });
    }
}
