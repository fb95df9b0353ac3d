using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Audit;

/// <summary>
/// Adds the entries of a turn to its commit, so that a command is in the audit log exactly if its effect is stored. Only the owner's loop uses it.
/// </summary>
internal sealed class AuditState : FeatureState
{
    private const int MaxTarget = 200;
    private const int MaxMessage = 1_000;

    private readonly HiveContext _hive;
    private readonly EntityTable<AuditEntity> _entries;
    private readonly List<AuditEntity> _turn = [];
    private long _last;

    public AuditState(HiveContext hive)
    {
        _hive = hive;
        _entries = hive.Table(AuditFeature.Entries);
        foreach (var command in hive.Administrative) command.Watch(hive.Commands, See);
        hive.Commands.After<KeepRefusals>((command, _) => Keep(command));
        hive.On<AuditWritten>((record, _, _) => _entries.Put(record.Entry));
    }

    public override async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        var newest = await store.QueryAsync(
            _hive.Hive, new EntityQuery(AuditEntity.Entity.Name, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), Limit: 1), cancel);
        _last = newest.Entities is [{ Seq: var seq }] ? seq : 0;
    }

    public override void EndTurn(Action<RecordData> apply)
    {
        foreach (var entry in _turn) apply(new AuditWritten(entry with { Seq = ++_last }));
        _turn.Clear();
    }

    public override void EndBatch() => _turn.Clear();

    public override void Reset() => _turn.Clear();

    private void See(Command command, string action, string? target, Decision decision)
    {
        // The hub's own commands are consequences. Refusals are counted where they are given. An agent that drains itself ends its work.
        var by = command.By;
        if (ReferenceEquals(by, _hive.Hub) || decision.Error?.Code == ErrorCodes.Forbidden || (by.Agent is not null && by.Agent == target)) return;
        _turn.Add(EntryOf(action, target, by) with { Code = decision.Error?.Code, Message = Clip(decision.Error?.Message, MaxMessage) });
    }

    private void Keep(KeepRefusals command)
    {
        foreach (var (refusal, count, first, last) in command.Refusals)
        {
            _turn.Add(EntryOf(refusal.Action, null, refusal.By) with
            {
                Code = refusal.Code,
                Message = Clip(refusal.Message, MaxMessage),
                Address = refusal.Address ?? refusal.By?.Address,
                Count = count,
                At = first,
                LastAt = count > 1 ? last : null,
            });
        }
    }

    // A command that fails may name anything of any length.
    private static string? Clip(string? text, int most) => text is null ? null : PlainText.Clip(text, most);

    private AuditEntity EntryOf(string action, string? target, Principal? by) => new()
    {
        Seq = 0,
        Action = action,
        Target = Clip(target, MaxTarget),
        User = by?.User,
        Agent = by?.Agent,
        TokenId = by?.TokenId,
        Address = by?.Address,
        At = _hive.Now,
        StoredAt = _hive.Now,
    };
}
