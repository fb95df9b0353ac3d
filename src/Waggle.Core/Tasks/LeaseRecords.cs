using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks;

/// <summary>Extends a lease.</summary>
/// <param name="ByWorker">Whether the worker named the lease, which proves that the assignment arrived.</param>
internal sealed record LeaseExtended(string Task, DateTimeOffset Until, bool ByWorker = true) : InternalData;

/// <summary>Sends an assignment again that the worker may not have received.</summary>
internal sealed record LeaseRedelivered(string Task, DateTimeOffset Until) : InternalData;
