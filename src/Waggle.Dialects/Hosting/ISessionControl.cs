using Waggle.Core.Agents;

namespace Waggle.Dialects.Hosting;

/// <summary>What the parts of a session ask of the session itself. Thread-safe.</summary>
internal interface ISessionControl : IAgentLink
{
    /// <summary>The token in force has lapsed: the client is sent away.</summary>
    void Lapse();
}
