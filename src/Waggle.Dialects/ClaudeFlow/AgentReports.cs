using System.Text.Json;
using Waggle.Core;
using Waggle.Core.AgentReports;
using Waggle.Core.Agents;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The reports of agents: what a client publishes to the agent channel.</summary>
internal static class AgentReports
{
    private const int OneSlot = 1;

    public static Intent Read(Publication published, HeldLeases leases)
    {
        if (published.Name == EventTypes.AgentMessage.Name) return AgentMessages.Read(published);
        published.RequireSame("agentId");
        return AgentBinding.As(published, published.Id, published.Data.Text("swarmId"), published.Name switch
        {
            "status" => Status(published, leases),
            "health" => by => Health(published, by),
            "metrics" => by => Metrics(published, by, published.Call) ?? throw PayloadReader.Invalid("data.metrics is missing: an object of numbers."),
            _ => by => Log(published, by),
        });
    }

    private static Func<Principal, Intent> Status(Publication published, HeldLeases leases)
    {
        var (call, agent) = (published.Call, published.Id);
        return published.Data.RequiredText("status") switch
        {
            "idle" => by => new CommandIntent(call, new SetCredit(agent, OneSlot) { By = by }),

            // An agent with a task is busy by the hub's own count. One without takes no task until it is idle.
            "busy" => by => leases.ToRenew().Count > 0
                ? new CommandIntent(call, new ShowAgent(agent) { By = by })
                : new CommandIntent(call, new SetCredit(agent, 0) { By = by }),
            "offline" => by => new CommandIntent(call, new DrainAgent(agent) { By = by }),
            "error" => by => new SequenceIntent(
                new CommandIntent(null, new SetCredit(agent, 0) { By = by }),
                new CommandIntent(call, new ReportHealth(false, ErrorOf(published.Data)) { By = by })),
            var other => throw PayloadReader.Invalid($"data.status is idle, busy, error or offline; it was '{PayloadReader.Clip(other)}'."),
        };
    }

    private static Intent Health(Publication published, Principal by)
    {
        var healthy = published.Data.Flag("healthy") ?? throw PayloadReader.Invalid("data.healthy is missing: true or false.");
        var health = new CommandIntent(published.Call, new ReportHealth(healthy, published.Data.Text("message")) { By = by });
        return Metrics(published, by, null) is { } metrics ? new SequenceIntent(metrics, health) : health;
    }

    // An empty object reports nothing.
    private static CommandIntent? Metrics(Publication published, Principal by, FlowCall? call)
    {
        if (published.Data.Find("metrics") is not var (json, name)) return null;
        if (json.ValueKind != JsonValueKind.Object) throw PayloadReader.Wrong(name, "an object of numbers", json);
        var metrics = json.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null).ToDictionary(
            m => m.Name,
            m => new ReportedMetric(PayloadReader.NumberOf(m.Value) ?? throw PayloadReader.Wrong($"{name}.{m.Name}", "a number", m.Value)),
            StringComparer.Ordinal);
        return metrics.Count == 0 && call is null ? null : new CommandIntent(call, new ReportMetrics(metrics) { By = by });
    }

    private static CommandIntent Log(Publication published, Principal by)
    {
        var level = published.Data.RequiredText("level");
        var entry = new AgentLogEntry
        {
            Level = Vocabulary.ReadLevel(level)
                ?? throw PayloadReader.Invalid($"data.level is debug, info, warn or error; it was '{PayloadReader.Clip(level)}'."),
            Message = published.Data.RequiredText("message"),
            Context = published.Data.Find("context") is var (context, _) ? RawJson.From(context) : default,
        };
        return new(published.Call, new LogForAgent([entry]) { By = by });
    }

    private static string? ErrorOf(PayloadReader data) => data.Find("metadata") is not var (json, name) ? null
        : new PayloadReader(json, name) is var metadata ? metadata.Text("error", "reason") : null;
}
