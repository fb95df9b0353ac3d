using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;

namespace Waggle.Survey.Workers;

/// <summary>Measures one file per task; the measure is the task's result.</summary>
internal sealed class Analyst(string directory) : IRole
{
    public string Capability => SurveyTasks.AnalyseCapability;

    public ValueTask<RawJson> HandleAsync(TaskWork work, CancellationToken cancel)
    {
        var result = Measurer.Measure(directory, SurveyTasks.PathOf(work.Spec), new Stages(work), cancel);
        // A file that is binary or too large stays so for the next worker.
        if (result.Failure is { } reason) throw new TaskFailedException("NOT_MEASURED", reason, retryable: false);
        return ValueTask.FromResult(RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(result.Measure!, SurveyJson.Default.FileMeasure)));
    }

    /// <summary>Reports progress. <see cref="Progress{T}"/> reports on another thread and so may report after the end.</summary>
    private sealed class Stages(TaskWork work) : IProgress<double>
    {
        // Not awaited, because a measurement must not wait for the network. The result is sent after its reports anyway.
        public void Report(double value) => _ = work.ReportProgressAsync(value).AsTask();
    }
}
