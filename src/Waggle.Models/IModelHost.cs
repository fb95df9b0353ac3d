using Waggle.Protocol.Model;

namespace Waggle.Models;

/// <summary>What an attempt needs of its worker.</summary>
public interface IModelHost
{
    /// <summary>Asks a person. No answer in time is no.</summary>
    /// <param name="key">Names the question within the attempt.</param>
    Task<bool> ApproveAsync(string key, string question, CancellationToken cancel);

    /// <summary>Returns the usage of the attempt with its cost, as the hub has stored it; null if it has none yet.</summary>
    Task<Usage?> ShowUsageAsync(CancellationToken cancel);
}
