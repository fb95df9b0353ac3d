using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The dialect of the AI orchestrator hub (spec/dialects/orchestrator-hub.md).</summary>
public sealed partial class OrchestratorHubDialect : ForeignDialect
{
    private static readonly Beat Overview = new(TimeSpan.FromSeconds(5), BeatQuery.Overview);

    public static DialectEntry Entry { get; } = new("orchestrator-hub", 3001, () => new OrchestratorHubDialect())
    {
        Beats = [Overview],
    };

    public override IRenderer Renderer => OrchestratorHubRenderer.Instance;

    public override Heartbeat Heartbeat { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        intents.Add(new SubscribeIntent(null, ["task.#", "agent.#", "swarm.#", Overview.Topic], null) { AsPermitted = true });
        intents.Add(new OverviewIntent(this));
        return true;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
    }

    public override void Refuse(string code, string message, List<Intent> intents)
    {
    }

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
    }

    public override void Expiring(DateTimeOffset at, IMessageWriter output)
    {
    }

    public override void Bye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output)
    {
    }
}
