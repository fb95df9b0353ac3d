using System.Collections.Concurrent;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>The numbers of the hives in row keys. Thread-safe.</summary>
internal sealed class HiveNumbers(ConcurrentDictionary<string, long> numbers)
{
    public bool TryGet(string hive, out long number) => numbers.TryGetValue(hive, out number);

    public void Set(string hive, long number) => numbers[hive] = number;

    /// <exception cref="StoreFencedException">The folder has no such hive, so the tenure is not of this folder.</exception>
    public long Require(Tenure tenure) => numbers.TryGetValue(tenure.Hive, out var hive) ? hive : throw Fenced(tenure);

    public static StoreFencedException Fenced(Tenure tenure) =>
        new($"The hive '{tenure.Hive}' is no longer at term {tenure.Term}, offset {tenure.Head}: another owner took it over.");
}
