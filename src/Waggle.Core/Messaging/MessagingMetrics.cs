using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;

namespace Waggle.Core.Messaging;

/// <summary>The figures of messages to agents. The owner's loop writes them; any thread may read them.</summary>
internal sealed class MessagingMetrics
{
    private long _waiting;
    private long _sent;
    private long _acknowledged;
    private long _expired;
    private long _failed;

    private MessagingMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.agent.messages.waiting", () => Volatile.Read(ref _waiting), "{message}", "Messages that wait for their agent.");
        meter.CreateObservableCounter(
            "waggle.agent.messages.sent", () => Volatile.Read(ref _sent), "{message}", "Messages sent to agents, counted once for each agent.");
        meter.CreateObservableCounter(
            "waggle.agent.messages.acknowledged", () => Volatile.Read(ref _acknowledged), "{message}", "Messages that their agents acknowledged.");
        meter.CreateObservableCounter(
            "waggle.agent.messages.expired", () => Volatile.Read(ref _expired), "{message}", "Messages that ended without an acknowledgement.");
        meter.CreateObservableCounter(
            "waggle.agent.messages.failed", () => Volatile.Read(ref _failed), "{message}", "Messages that their agents could not handle and gave up.");
    }

    public static MessagingMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new MessagingMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, int waiting)
    {
        Volatile.Write(ref _waiting, waiting);
        foreach (var (data, _) in turn.Batch)
        {
            switch (data)
            {
                case MessageSent: Volatile.Write(ref _sent, _sent + 1); break;
                case MessageAcknowledged { Failed: not null }: Volatile.Write(ref _failed, _failed + 1); break;
                case MessageAcknowledged: Volatile.Write(ref _acknowledged, _acknowledged + 1); break;
                case MessageExpired: Volatile.Write(ref _expired, _expired + 1); break;
            }
        }
    }
}
