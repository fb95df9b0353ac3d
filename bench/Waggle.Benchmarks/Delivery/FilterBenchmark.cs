using System.Text;
using BenchmarkDotNet.Attributes;
using Waggle.Delivery.Filters;
using Waggle.Protocol.Records;

namespace Waggle.Benchmarks.Delivery;

/// <summary>Applies a filter to a record of typical size, 190 bytes. It must not allocate.</summary>
public class FilterBenchmark
{
    private const string Data = """{"task":"t3-1840","title":"Count the words","old_state":"running","state":"running","agent":"ann","agent_name":"Ann","attempt":1,"token":1839,"progress":0.5,"message":"half of it"}""";

    private readonly Record _record = new(new(3, 1842), "task.t3-1840.progress", "task_progress", RecordClass.Latest, default, "default", Encoding.UTF8.GetBytes(Data));
    private RecordFilter? _filter;

    [Params(
        """{"field":"kind","eq":"task_progress"}""",
        """{"field":"data.task","eq":"t3-1840"}""",
        """{"field":"data.progress","gt":0.4}""",
        """{"and":[{"field":"kind","prefix":"task_"},{"field":"data.agent","in":["ann","bob","eve"]},{"or":[{"field":"data.progress","gt":0.9},{"field":"data.message","exists":true}]}]}""")]
    public string Filter { get; set; } = "";

    [GlobalSetup]
    public void Parse()
    {
        if (!RecordFilter.TryParse(Encoding.UTF8.GetBytes(Filter), out _filter, out var problem)) throw new ArgumentException(problem);
    }

    [Benchmark]
    public bool Takes() => _filter!.Takes(_record);
}
