using System.Diagnostics;
using System.Text;
using Waggle.Delivery.Filters;
using Waggle.Protocol.Records;

namespace Waggle.Benchmarks.Delivery;

/// <summary>Asking a filter about a record of usual size.</summary>
internal static class FilterBenchmark
{
    private const string Data = """{"task":"t3-1840","title":"Count the words","old_state":"running","state":"running","agent":"ann","agent_name":"Ann","attempt":1,"token":1839,"progress":0.5,"message":"half of it"}""";

    public static Task Run(string[] args)
    {
        var record = new Record(new(3, 1842), "task.t3-1840.progress", "task_progress", RecordClass.Latest, default, "default", Encoding.UTF8.GetBytes(Data));
        foreach (var text in new[]
        {
            """{"field":"kind","eq":"task_progress"}""",
            """{"field":"data.task","eq":"t3-1840"}""",
            """{"field":"data.progress","gt":0.4}""",
            """{"and":[{"field":"kind","prefix":"task_"},{"field":"data.agent","in":["ann","bob","eve"]},{"or":[{"field":"data.progress","gt":0.9},{"field":"data.message","exists":true}]}]}""",
        })
        {
            if (!RecordFilter.TryParse(Encoding.UTF8.GetBytes(text), out var filter, out var problem)) throw new ArgumentException(problem);
            for (var i = 0; i < 100_000; i++) filter.Takes(record);
            const int Times = 1_000_000;
            var (allocated, clock) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
            for (var i = 0; i < Times; i++) filter.Takes(record);
            Console.WriteLine($"{clock.Elapsed.TotalNanoseconds / Times:F0} ns, {(GC.GetAllocatedBytesForCurrentThread() - allocated) / Times} B   {text}");
        }

        return Task.CompletedTask;
    }
}
