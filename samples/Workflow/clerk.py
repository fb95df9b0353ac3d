"""Does the steps of the workflow that need one program each: find, merge, approve and publish. The task is the JSON on standard input."""

import json
import os
import pathlib
import sys


def find(task):
    files = sorted(str(path) for path in pathlib.Path(task['input']['folder']).rglob('*') if path.suffix in ('.md', '.txt'))
    return {'files': files}


def merge(task):
    pairs = zip(task['input']['files'], (count['words'] for count in task['input']['counts']))
    by_words = sorted(pairs, key=lambda pair: pair[1], reverse=True)
    return {'files': len(by_words), 'words': sum(words for _, words in by_words), 'longest': by_words[0][0] if by_words else None}


def approve(task):
    """Asks a person. The command ends, and runs again with the answer."""
    if 'WAGGLE_TASK_ANSWER' in os.environ:
        return os.environ['WAGGLE_TASK_ANSWER']
    report = task['input']
    question = {'text': f"Publish the report on {report['files']} files with {report['words']} words?", 'choices': ['yes', 'no']}
    pathlib.Path(os.environ['WAGGLE_TASK_QUESTION_FILE']).write_text(json.dumps(question))
    return None


def publish(task):
    report, path = task['input']['report'], pathlib.Path(task['input']['path'])
    unfinished = path.with_name(path.name + '.new')
    unfinished.write_text(f"{report['files']} files, {report['words']} words; the longest is {report['longest']}\n")
    unfinished.replace(path)
    return {'path': str(path)}


if __name__ == '__main__':
    task = json.load(sys.stdin)
    print(json.dumps({'find': find, 'merge': merge, 'approve': approve, 'publish': publish}[task['type']](task)))
