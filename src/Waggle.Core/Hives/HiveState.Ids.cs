using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;

namespace Waggle.Core.Hives;

internal sealed partial class HiveState
{
    private readonly SortedDictionary<string, long> _given = new(StringComparer.Ordinal);

    public IdCounters? Ids => _given.Count == 0 ? null : new() { Given = _given };

    public string NextId(string prefix, int ahead = 0) => $"{prefix}{_given.GetValueOrDefault(prefix) + 1 + ahead}{HistoryMark.Of(Epoch)}";

    public void Load(IdCounters counters)
    {
        foreach (var (prefix, number) in counters.Given) _given[prefix] = number;
    }

    // From the records alone, so that folding the log gives the counters too. A client's own id of this form counts as given: it is not given again.
    private void CountId(RecordData data)
    {
        switch (data)
        {
            case TaskCreated created:
                CountId(IdPrefix.Task, created.Task);
                break;
            case AgentRegistered registered:
                CountId(IdPrefix.Agent, registered.Agent);
                break;
            case SwarmCreated created:
                CountId(IdPrefix.Swarm, created.SwarmId);
                break;
            case ConversationOpened opened:
                CountId(IdPrefix.Conversation, opened.Conversation);
                break;
            case MessagePosted posted:
                CountId(IdPrefix.Message, posted.Message);
                break;
            case NotificationSent sent:
                CountId(IdPrefix.Notification, sent.Id);
                break;
            case AlertFired fired:
                CountId(IdPrefix.Alert, fired.Alert);
                break;
        }
    }

    private void CountId(string prefix, string id)
    {
        if (HistoryMark.NumberOf(prefix, id) is not { } number || number <= _given.GetValueOrDefault(prefix)) return;
        _given[prefix] = number;
        _dirty.Add(IdCounters.Key);
    }
}
