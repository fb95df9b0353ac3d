using System.Diagnostics.Metrics;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Questions;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Tasks;

public sealed class TaskMetricsTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void An_attempt_that_asked_is_counted_when_it_ends_and_not_when_its_question_expires()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        _hive.Ok(new AskQuestion(worker.Lease, new() { Text = "Which branch?", DeadlineMs = 60_000 }) { By = worker.Principal });
        Assert.Equal([("asked", 1)], Ended());
        _hive.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Protocol.Model.TaskState.Failed, _hive.StateOf(task));
        Assert.Equal([("asked", 1)], Ended());
    }

    [Fact]
    public void An_attempt_that_is_lost_while_its_question_waits_is_counted_as_lost()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        _hive.Ok(new AskQuestion(worker.Lease, new() { Text = "Which branch?", Hold = true }) { By = worker.Principal });
        worker.Vanish();
        _hive.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal([("lost", 1)], Ended());
    }

    // The attempts that ended, by outcome, as a reader of the instrument sees them.
    private List<(string Outcome, long Count)> Ended()
    {
        using var meter = new Meter("Waggle.TaskMetricsTests");
        var metrics = new TaskMetrics(new HiveMetrics(meter));
        foreach (var record in _hive.All) metrics.Happened(record);
        var read = new List<(string, long)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, reader) =>
            {
                if (instrument.Meter == meter && instrument.Name == "waggle.task.attempts.ended") reader.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) => read.Add(((string)tags[0].Value!, count)));
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
