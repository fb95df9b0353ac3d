using Waggle.Core.Agents;
using Waggle.Core.Runners;

namespace Waggle.Dialects.Hosting;

/// <summary>The operations of a session that its parts call. Thread-safe.</summary>
internal interface ISessionControl : IAgentLink, IRunnerLink
{
    /// <summary>Closes the connection because its token has expired.</summary>
    void Lapse();

    /// <summary>Applies a heartbeat of the dialect that has changed.</summary>
    void Watch();
}
