namespace Waggle.Core.Tasks;

/// <summary>The numbers of stored log lines, for the commands that write them.</summary>
internal interface ILogNumbers
{
    /// <summary>The number of the next line.</summary>
    long Next { get; }
}
