"""Headings that are documented somewhere, each with its field: cases for what reads words.

Sources: the headers of National Treasury's Infrastructure Reporting Model, parliamentary questions on water
projects (pmg.org.za), DWS and COGTA workshop decks, and field names as DevExpress grids spell them.
"""

from __future__ import annotations

_EXTERNAL_ID = """
project no | project number | project id | project code | project identifier | project ref
project reference | project ref no | project reference no | project reference number | unique project id
unique project no | project unique no | projectid | projectno | projno | proj no | proj id | pmd no | pmd id
pmd number | pmd project id | reference number | reference no | ref no | ref number | reference | ref
scheme no | scheme number | scheme id | scheme code | wp no | wp number | mig no | mig number
mig reference no | mig reference number | mig project no | rbig no | rbig number | wsig no | wsig number | id
"""

_NAME = """
project name | name of project | project title | projectname | proj name | scheme name | name of scheme
project/scheme | project/scheme name | project name/scheme | title of project
project | scheme | title | name
"""

_DESCRIPTION = """
project description | description of project | project scope | scope of work | scope of works | description
projectdescription | project desc | scope | brief description | description of works | detailed description
"""

_MUNICIPALITY = """
municipality | local municipality | municipality name | local municipality name | name of municipality
municipality code | local municipality code | mdb code | lm code | lm name | lm | municipalities
local municipalities | beneficiary municipality | benefitting municipality | municipal area | muni
metro | metropolitan municipality | local/metro municipality | municipality/wsa | wsa/municipality | wsa
wsa name | wsa code | water services authority | water service authority | water services authority name
"""

_DISTRICT = """
district municipality | district | district municipality name | district name | name of district
district municipality code | district code | dm name | dm code | dm | district council | district/metro
"""

_PROVINCE = "province | province name | name of province | province code | region/province | prov"

_PROGRAMME = """
programme | program | programme code | programme name | program name | funding programme | funding program
grant programme
grant name | grant type | type of grant | grant | primary funding source | funding source | source of funding
source of funds | source of finance | funding | fund | funder | budget programme | budget program
"""

_PROJECT_TYPE = """
project type | project type name | type of project | projecttype
infrastructure type | type of infrastructure
project category | scheme type | type of scheme | type of works | type of service | service type
"""

_STATUS = """
project status | status of project | status | projectstatus | current status | implementation status
construction status | current project stage | project stage | current stage | stage | stage of project
project phase status | current phase | implementation phase | current project phase
"""

_PROGRESS = """
physical progress | overall progress | progress percentage | percentage progress | progress | project progress
% complete | % completed | % completion | % compl | % progress | % physical progress
percentage complete | percentage completed | percentage completion | percent complete | percent completed
percentage of completion | perc complete | pct complete | physical % complete | physical progress percentage
construction progress | % construction progress | % physical | % work done | actual progress
actual % complete | actual physical progress | progress to date | physical progress to date | % done
overall % complete | completion percentage | percentcomplete
"""

_BUDGET = """
total project cost | project cost | total budget | total project budget | approved budget
approved project budget | total approved budget | project budget | budget | budget amount | budgeted amount
total cost | total cost of project | cost of project | total estimated cost | estimated total cost
estimated project cost | total estimated project cost | estimated cost | total project value | project value
total value | value of project | approved project cost | overall budget
overall project cost | current budget
full project cost | projected cost | total scheme cost | scheme cost | cost | value
"""

_EXPENDITURE = """
total expenditure to date | expenditure to date | total project expenditure to date
project expenditure to date | actual expenditure to date | cumulative expenditure
cumulative expenditure to date
total cumulative expenditure | total expenditure | total actual expenditure | actual expenditure
project expenditure | expenditure | total spent to date | total spent | amount spent to date | amount spent
spent to date | spend to date | total spend | actual spend | actual cost to date | total payments to date
total paid to date | paid to date
"""

_START = """
project start date | start date | startdate | date started | commencement date | project commencement date
date of commencement | start | commencement | actual start date | construction start date
actual construction start date | planned start date | estimated start date | contract start date
estimated construction start date | planned construction start date
"""

_COMPLETION = """
project completion date | completion date | completiondate | date of completion | project end date | end date
enddate | expected completion date | anticipated completion date | estimated project completion date
estimated completion date | projected completion date | planned completion date | target completion date
expected date of completion | anticipated date of completion | expected completion | anticipated completion
projected completion | estimated completion | planned completion | finish date | finish
revised completion date | actual completion date | practical completion date | planned end date
estimated end date | contract completion date | contract end date | construction end date
estimated construction end date | contracted construction end date | final completion date
"""

_CONTRACTOR = """
main contractor | contractor | contractor name | name of contractor | appointed contractor | contractors
contractor(s) | principal contractor | construction contractor | maincontractor | service provider
"""

_AGENT = """
implementing agent | programme implementing agent | program implementing agent | project implementing agent
implementing agency | implementation agent | implementing agents | name of implementing agent | implementer
implementing agent name | agent name
implementing authority | implementing institution | implementingagent | ia
"""

_LATITUDE = (
    "latitude | gps latitude | latitude (s) | latitude (dd) | lat | gps lat | y coordinate | y-coordinate"
)
_LONGITUDE = """
longitude | gps longitude | longitude (e) | longitude (dd) | long | lon | lng | gps long | x coordinate
x-coordinate
"""
_COORDINATES = """
gps coordinates | gps co-ordinates | coordinates | co-ordinates | gps code | gps | gps location | lat/long
lat/lon | lat/lng | latitude/longitude | lat long | lat, long | latitude, longitude | geo coordinates
geographic coordinates | location coordinates | project coordinates | coordinate | gps coordinate
"""

_BLOCKS = {
    "external_id": _EXTERNAL_ID,
    "name": _NAME,
    "description": _DESCRIPTION,
    "municipality": _MUNICIPALITY,
    "district": _DISTRICT,
    "province": _PROVINCE,
    "programme": _PROGRAMME,
    "project_type": _PROJECT_TYPE,
    "status": _STATUS,
    "progress_percentage": _PROGRESS,
    "budget": _BUDGET,
    "expenditure": _EXPENDITURE,
    "start_date": _START,
    "completion_date": _COMPLETION,
    "contractor": _CONTRACTOR,
    "implementing_agent": _AGENT,
    "latitude": _LATITUDE,
    "longitude": _LONGITUDE,
    "coordinates": _COORDINATES,
}


def _labels(block: str) -> list[str]:
    return [label.strip() for line in block.strip().splitlines() for label in line.split("|")]


KNOWN_LABELS: dict[str, str] = {label: field for field, block in _BLOCKS.items() for label in _labels(block)}
