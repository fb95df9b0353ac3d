using Waggle.Core.Kernel;

namespace Waggle.Dialects.Hosting;

/// <summary>The place of a connection within the limits of the hub.</summary>
public interface IPlace
{
    /// <summary>Moves a client that has sent a valid token to an ordinary place. Returns null on success, else the reason of the refusal.</summary>
    Error? Promote();
}
