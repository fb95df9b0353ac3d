using Waggle.Benchmarks.Delivery;
using Waggle.Benchmarks.Store;
using Waggle.Benchmarks.Transport;

// dotnet run -c Release --project bench/Waggle.Benchmarks -- <name> [arguments]
var benchmarks = new Dictionary<string, (string What, Func<string[], Task> Run)>
{
    ["store-commit"] = ("[batch…]   wall and CPU microseconds an entity upsert, by batch size", CommitBenchmark.Run),
    ["router"] = ("   finding who wants a topic: known, new, and while others subscribe", RouterBenchmark.Run),
    ["filter"] = ("   asking a filter about a record", FilterBenchmark.Run),
    ["store-load"] = ("[closed] [open]   opening, LoadOpen, Get and Query over many closed entities", LoadBenchmark.Run),
    ["codec"] = ("[size]   nanoseconds and allocation a masked text frame decoded, and a mask taken off", CodecBenchmark.Run),
};

if (args.Length > 0 && benchmarks.TryGetValue(args[0], out var chosen))
{
    await chosen.Run(args[1..]);
    return 0;
}

foreach (var (name, (what, _)) in benchmarks)
    Console.WriteLine($"{name} {what}");
return 1;
