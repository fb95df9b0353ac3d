using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>The figures of questions. The owner's loop writes them; any thread may read them.</summary>
internal sealed class QuestionMetrics
{
    private static readonly QuestionState[] Ends = [.. Enum.GetValues<QuestionState>().Where(s => s != QuestionState.Open)];

    private readonly long[] _closed = new long[Enum.GetValues<QuestionState>().Length];
    private long _open;
    private long _asked;

    public QuestionMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.questions.open", () => Volatile.Read(ref _open), "{question}", "Questions that wait for an answer.");
        meter.CreateObservableCounter("waggle.questions.asked", () => Volatile.Read(ref _asked), "{question}", "Questions that workers asked.");
        meter.CreateObservableCounter("waggle.questions.closed", ReadClosed, "{question}", "Questions that were closed, by the state in which they ended.");
    }

    public void Report(in TurnReport turn, int open)
    {
        Volatile.Write(ref _open, open);
        foreach (var (data, _) in turn.Batch)
        {
            switch (data)
            {
                case QuestionAsked: Volatile.Write(ref _asked, _asked + 1); break;
                case QuestionClosed closed: Volatile.Write(ref _closed[(int)closed.State], _closed[(int)closed.State] + 1); break;
            }
        }
    }

    private Measurement<long>[] ReadClosed() => [.. Ends.Select(ReadClosed)];

    private Measurement<long> ReadClosed(QuestionState state) =>
        new(Volatile.Read(ref _closed[(int)state]), new KeyValuePair<string, object?>("state", SnakeCase.Of(state)));
}
