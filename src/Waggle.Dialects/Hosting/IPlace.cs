using Waggle.Core.Kernel;

namespace Waggle.Dialects.Hosting;

/// <summary>The place of a connection among those that the hub lets in.</summary>
public interface IPlace
{
    /// <summary>The client has shown a valid token: from here on it counts as others do. Null: done. Else why there is no room for it.</summary>
    Error? Promote();
}
