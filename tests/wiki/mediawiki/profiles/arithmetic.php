<?php
wfLoadExtension( 'ConfirmEdit' );
