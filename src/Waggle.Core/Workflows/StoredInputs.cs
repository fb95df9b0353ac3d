using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;

namespace Waggle.Core.Workflows;

/// <summary>
/// Reads the inputs of steps for their assignments. Contents outside the store are left to the worker, because the loop does not wait for files.
/// </summary>
internal sealed class StoredInputs(string hive) : IInputSource
{
    public IInputReader Open(IStore store) => new ValueReader(
        new(keys => store.GetAsync(hive, keys, CancellationToken.None), range => store.RangeAsync(hive, range, CancellationToken.None), null),
        Limits.MaxAssignedResultBytes);
}
