namespace Waggle.Core.Swarms;

/// <summary>The bytes that a swarm keeps. The feature that has them offers this view.</summary>
internal interface ISwarmBytes
{
    long BytesOf(string? swarm);
}
