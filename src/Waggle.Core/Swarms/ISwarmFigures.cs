using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>The measured figures of a swarm. The feature that measures them offers this view.</summary>
internal interface ISwarmFigures
{
    /// <summary>Returns the figures of several swarms.</summary>
    IReadOnlyDictionary<string, SwarmMetrics> Metrics(IReadOnlyCollection<string> swarms, DateTimeOffset now);
}

internal static class SwarmFiguresExtensions
{
    extension(IHiveView view)
    {
        public IReadOnlyDictionary<string, SwarmMetrics> Metrics(IReadOnlyCollection<string> swarms, DateTimeOffset now) =>
            view.View<ISwarmFigures>().Metrics(swarms, now);
    }
}
