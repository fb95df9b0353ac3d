using Waggle.Core.Chat;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>An entry of memory by its name.</summary>
internal sealed record PurgedEntry(string? Swarm, string Namespace, string Key);

/// <summary>Deletes a few entries of memory whose value the purge's subject put last.</summary>
/// <param name="Next">The progress after the batch, without its counts.</param>
internal sealed record PurgeMemory(string Purge, IReadOnlyList<PurgedEntry> Entries, PurgeProgress Next) : PurgeCommand(Purge)
{
    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        base.CollectColdKeys(view, keys);
        keys.AddRange(Entries.Select(e => MemoryEntity.KeyOf(e.Swarm, e.Namespace, e.Key)));
    }

    private protected override Decision<PurgeView> Decide(PurgeEntity purge, IHiveView view, in DecisionContext context)
    {
        var records = new List<RecordData>();
        foreach (var (swarm, ns, key) in Entries)
        {
            if (view.Memory(swarm, ns, key) is not { } there || there.UpdatedBy != purge.Spec.Subject) continue;
            records.Add(new MemoryDeleted
            {
                Namespace = ns,
                Key = key,
                Swarm = swarm,
                Version = there.Version,
                Bytes = there.Bytes,
                DeletedBy = purge.Author,
            });
        }

        var counts = purge.Progress.Counts;
        var progress = Next with { Counts = counts with { MemoryEntries = counts.MemoryEntries + records.Count } };
        records.Add(new PurgeProgressed { Purge = purge.Id, Progress = progress });
        return Decision.Of(PurgeViews.Of(purge with { Progress = progress }), records);
    }
}

/// <summary>Erases the texts of a few notifications and messages of conversations.</summary>
/// <param name="Notifications">The ids of the notifications.</param>
/// <param name="Messages">The ids of the messages.</param>
/// <param name="Next">The progress after the batch, without its counts.</param>
internal sealed record PurgeMessages(
    string Purge, IReadOnlyList<string> Notifications, IReadOnlyList<string> Messages, PurgeProgress Next) : PurgeCommand(Purge)
{
    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        base.CollectColdKeys(view, keys);
        keys.AddRange(Notifications.Select(id => new EntityKey(NotificationEntity.Entity.Name, id)));
        keys.AddRange(Messages.Select(id => new EntityKey(ChatMessageEntity.Entity.Name, id)));
    }

    private protected override Decision<PurgeView> Decide(PurgeEntity purge, IHiveView view, in DecisionContext context)
    {
        string[] notifications = [.. Notifications.Where(id => view.Notification(id) is not null)];
        string[] messages = [.. Messages.Where(id => view.ChatMessage(id) is not null)];
        var counts = purge.Progress.Counts;
        var progress = Next with { Counts = counts with { Messages = counts.Messages + notifications.Length + messages.Length } };
        return Decision.Of(
            PurgeViews.Of(purge with { Progress = progress }),
            new NotificationsErased(notifications),
            new ChatErased(messages),
            new PurgeProgressed { Purge = purge.Id, Progress = progress });
    }
}
